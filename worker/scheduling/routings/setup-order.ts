import type { RoutingData } from './routing-data.ts';

/** Families of setups by the ticks that they need behind an operation, the least first; sorted when they are first asked for, once for machines of the same setups. */
export class SetupOrder {
  readonly #data: RoutingData;
  readonly #all: Int32Array;
  /** Per matrix of setups, or of those before the first operation: the families behind each. */
  readonly #sorted = new Map<Float64Array, Int32Array[]>();

  constructor(data: RoutingData) {
    this.#data = data;
    this.#all = Int32Array.from({ length: Math.max(1, data.familyCount) }, (_, family) => family);
  }

  /** The families on a machine behind operation `before`, N for its beginning. */
  families(machine: number, before: number): Int32Array {
    const { operations, family, familyCount, setups } = this.#data;
    const { between, initial } = setups[machine] ?? {};
    const ticks = before < operations ? between : initial;
    if (ticks === undefined) return this.#all;
    const row = before < operations ? (family[before] ?? 0) : 0;
    const rows = this.#sorted.get(ticks) ?? [];
    this.#sorted.set(ticks, rows);
    const from = row * familyCount;
    return (rows[row] ??= this.#all.slice().sort((a, b) => (ticks[from + a] ?? 0) - (ticks[from + b] ?? 0)));
  }
}
