import { expect, test } from 'vitest';
import { planned, partsOf, shopOf } from '../../support/planned-shops.ts';

test.each([['0x10', '16'], ['0b11', '3'], ['0o7', '7'], ['1e400', '2e400'], ['5', '5.0'], ['.5', '+0.50'], ['1.', '1e0'], ['', '0'], ['Infinity', '1e400'], [' a', 'a '], ['1_0', '10']])('the values "%s" and "%s" are as different for the checker as for the planner', async (one, other) => {
  const shop = shopOf([{ name: 'M', processes: ['p'] }], { setups: [{ feature: 'd', default: 30 }] });
  // planParts throws where the checker disagrees.
  const schedule = await planned(shop, partsOf(`part_id,d,process,time_min\nA,${one},p,10\nB,${other},p,10`));
  expect(schedule.operations).toHaveLength(2);
});
