import { z } from 'zod';

const ticks = z.int().min(0);
const list = z.array(ticks).min(1);
const matrix = z.array(list).min(1);
const cube = z.array(matrix).min(1);

/** The shapes of the benchmark instances that can be read, by kind; other keys of an instance are left alone. */
export const instanceShapes = {
  jsp: z.object({ m: z.int().min(1), jobs: z.array(list).min(1) }),
  fjsp: z.object({ m: z.int().min(1), jobs: cube }),
  'fjsp-sdst': z.object({ m: z.int().min(1), jobs: cube, setup: cube }),
  pcmax: z.object({ m: z.int().min(1), p: list }),
  rcmax: z.object({ p: matrix }),
  'upmsp-sdst': z.object({ p: matrix, s: cube }),
  wt: z.object({ p: list, w: list, d: list }),
  wtsds: z.object({ p: list, w: list, d: list, s0: list, s: matrix }),
} as const;

/** The benchmark formats: job shop, flexible job shop (with setups), parallel machines, one machine with weighted tardiness. */
export type InstanceKind = keyof typeof instanceShapes;

/** An instance as it stands in its file. */
export type Instance<K extends InstanceKind> = z.infer<(typeof instanceShapes)[K]>;

/** All kinds, in the order in which a user is told of them. */
export const instanceKinds = Object.keys(instanceShapes).filter(isInstanceKind);

/** True for a kind that can be read. */
export function isInstanceKind(text: string): text is InstanceKind {
  return Object.hasOwn(instanceShapes, text);
}
