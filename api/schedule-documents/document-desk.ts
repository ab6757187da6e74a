import { callThread, threadModule } from '../../common/thread-call.ts';
import { type DocumentOrder, scheduleDocument } from './schedule-document.ts';

/** Both ends of the thread of documents. */
export interface DocumentCall {
  input: DocumentOrder;
  progress: never;
  answer: string;
}

/** Operations up to which a document holds everybody else up for less than it takes to start a thread. */
const fewOperations = 300;

/** Of the thread's heap: a comparison of two schedules of 20,000 operations takes less than half of it. */
const heapMb = 384;

/** Makes documents of schedules without holding up estimates: those of many operations one after the other, each in a thread of its own. */
export class DocumentDesk {
  #last: Promise<unknown> = Promise.resolve();

  /** The document of schedules of so many operations. Throws what making it throws. */
  make(order: DocumentOrder, operations: number): Promise<string> {
    if (operations <= fewOperations) return scheduleDocument(order);
    const made = this.#last.then(() => callThread<DocumentCall>(threadModule('document-thread-entry', import.meta.url), order, { name: 'document', transferList: [], heapMb }));
    this.#last = made.catch(() => {});
    return made;
  }
}
