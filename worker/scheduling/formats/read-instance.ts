import type { z } from 'zod';
import { SpindleError, issueText } from '../../../common/errors.ts';
import { shapeIssues } from '../../../common/scheduling/shape-issues.ts';
import type { Problem } from '../problem.ts';
import { type InstanceKind, instanceShapes } from './instance-shapes.ts';
import { readIdenticalMachines, readUnrelatedMachines, readUnrelatedMachinesWithSetups, readWeightedTardiness, readWeightedTardinessWithSetups } from './machine-formats.ts';
import { readFlexibleJobShop, readFlexibleJobShopWithSetups, readJobShop } from './shop-formats.ts';

const readers = {
  jsp: reader(instanceShapes.jsp, readJobShop),
  fjsp: reader(instanceShapes.fjsp, readFlexibleJobShop),
  'fjsp-sdst': reader(instanceShapes['fjsp-sdst'], readFlexibleJobShopWithSetups),
  pcmax: reader(instanceShapes.pcmax, readIdenticalMachines),
  rcmax: reader(instanceShapes.rcmax, readUnrelatedMachines),
  'upmsp-sdst': reader(instanceShapes['upmsp-sdst'], readUnrelatedMachinesWithSetups),
  wt: reader(instanceShapes.wt, readWeightedTardiness),
  wtsds: reader(instanceShapes.wtsds, readWeightedTardinessWithSetups),
} satisfies Record<InstanceKind, (instance: unknown) => Problem>;

/** The problem that a benchmark instance states. Throws `invalid_body` that names the first place at which it is not of its kind. */
export function readInstance(kind: InstanceKind, instance: unknown): Problem {
  return readers[kind](instance);
}

function reader<T>(shape: z.ZodType<T>, read: (instance: T) => Problem): (instance: unknown) => Problem {
  return (instance) => {
    const parsed = shape.safeParse(instance);
    if (parsed.success) return read(parsed.data);
    const [first] = shapeIssues(parsed.error, instance, []);
    throw new SpindleError('invalid_body', first === undefined ? 'the instance has another shape' : `${first.field === '' ? 'the instance: ' : ''}${issueText(first)}`);
  };
}
