import { expect, test } from 'vitest';
import { dueText } from '../../../common/scheduling/due-text.ts';
import { ZonedClock } from '../../../common/scheduling/zoned-clock.ts';

test.each([
  ['Europe/Berlin', '2026-11-20', 'by the end of 2026-11-20'],
  ['Europe/Berlin', '2026-11-21T00:00', 'by the end of 2026-11-20'],
  ['Europe/Berlin', '2026-11-20T14:30', 'at 2026-11-20 14:30'],
  // The clock goes on from 24:00 to 01:00.
  ['America/Santiago', '2026-09-05', 'by the end of 2026-09-05'],
  // The clock goes back from 24:00 to 23:00, which comes twice.
  ['America/Santiago', '2026-04-04T23:00', 'at 2026-04-04 23:00'],
  ['America/Santiago', '2026-04-04', 'by the end of 2026-04-04'],
])('in %s what is due %s is told as due %s', (zone, due, told) => {
  const clock = new ZonedClock(zone);
  expect(dueText(clock, clock.read(due, 'end') ?? NaN)).toBe(told);
});
