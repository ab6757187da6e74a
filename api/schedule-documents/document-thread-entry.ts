import { answerThread } from '../../common/thread-call.ts';
import type { DocumentCall } from './document-desk.ts';
import { scheduleDocument } from './schedule-document.ts';

// The entry point of the thread that makes large documents; `DocumentDesk` is the way to start it.
await answerThread<DocumentCall>(async (order) => ({ answer: await scheduleDocument(order), moved: [] }));
