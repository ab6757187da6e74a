import { answerThread } from '../common/thread-call.ts';
import type { PlanCall } from './plan-thread.ts';
import { planStored } from './planning/plan-stored.ts';

// The entry point of the planning thread; `planInThread` is the way to start it.
await answerThread<PlanCall>(async (plan, tell) => {
  const planned = await planStored(plan, tell);
  // Its own buffer: one from Node's pool cannot move.
  const packed = Uint8Array.from(planned.packed);
  return { answer: { ...planned, packed }, moved: [packed.buffer] };
});
