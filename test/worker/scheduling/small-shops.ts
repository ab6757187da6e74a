import { readInstance } from '../../../worker/scheduling/formats/read-instance.ts';

/** ft06 (Fisher and Thompson, 1963): 6 orders on 6 machines; its least makespan is 55. */
export const ft06 = readInstance('jsp', {
  m: 6,
  jobs: [
    [2, 1, 0, 3, 1, 6, 3, 7, 5, 3, 4, 6],
    [1, 8, 2, 5, 4, 10, 5, 10, 0, 10, 3, 4],
    [2, 5, 3, 4, 5, 8, 0, 9, 1, 1, 4, 7],
    [1, 5, 0, 5, 2, 5, 3, 3, 4, 8, 5, 9],
    [2, 9, 1, 3, 4, 5, 5, 4, 0, 3, 3, 1],
    [1, 3, 3, 3, 5, 9, 0, 10, 4, 4, 2, 1],
  ],
});

/** Two orders on two machines in opposite directions, durations 3 and 2, then 2 and 4: both machines must work 7 and 4 ticks, the least makespan is 7. */
export const twoByTwo = readInstance('jsp', {
  m: 2,
  jobs: [
    [0, 3, 1, 2],
    [1, 2, 0, 4],
  ],
});
