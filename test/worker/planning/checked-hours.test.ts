import { expect, test } from 'vitest';
import { ZonedClock } from '../../../common/scheduling/zoned-clock.ts';
import { machineWindows } from '../../../common/scheduling/working-windows.ts';
import { checkedHours } from '../../../worker/planning/checked-hours.ts';
import { WallClock } from '../../../worker/planning/wall-clock.ts';
import { shopOf } from '../../support/planned-shops.ts';

test.each([
  [' 2026-12-07T06:00', '2026-12-07T14:00 '],
  ['2026-12-07 06:00:30', '2026-12-07'],
  [' 2026-12-07', ' 2026-12-07 '],
  ['2026-12-07T06:00+0100 ', '2026-12-07t08:00z'],
  ['2026-12-07T06:00:00.5', '2026-12-07T12:00:00.250-05:00'],
])('a machine closed from "%s" to "%s" has the hours that it is planned with', (from, to) => {
  const shop = shopOf([{ name: 'M', processes: ['p'], closed: [{ from, to }] }], { time_zone: 'Europe/Berlin' });
  const [machine] = shop.machines;
  if (!machine) throw new Error('the shop has no machine');
  const [start, end] = [Date.parse('2026-12-01T00:00Z'), Date.parse('2026-12-10T00:00Z')];
  const worked = checkedHours(shop, machine, new WallClock(shop.time_zone), start, end)(start, end);
  const windows = machineWindows(shop, machine, new ZonedClock(shop.time_zone), start, end);
  expect(worked).toBeLessThan((end - start) / 60_000);
  expect(worked).toBeCloseTo(windows.reduce((sum, window) => sum + window.end - window.start, 0) / 60_000, 6);
});
