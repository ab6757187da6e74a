/** A function's value at a point, and its gradient there. */
export interface Slope {
  value: number;
  gradient: Float64Array;
}

/**
 * A local minimum by limited-memory BFGS with backtracking (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithms 7.4 and 3.1).
 * A value that is not finite counts as a step too far. Stops after `evaluations`, or where a step gains less than `tolerance`.
 */
export function minimize(f: (x: Float64Array) => Slope, start: Float64Array, { evaluations, tolerance = 1e-4, memory = 8 }: { evaluations: number; tolerance?: number; memory?: number }): { x: Float64Array; value: number } {
  let x: Float64Array = Float64Array.from(start);
  let at = f(x);
  let left = evaluations - 1;
  const history: { step: Float64Array; change: Float64Array; curvature: number }[] = [];
  while (left > 0 && Number.isFinite(at.value)) {
    let direction: Float64Array = descent(at.gradient, history);
    let slope = inner(direction, at.gradient);
    if (!(slope < 0)) {
      history.length = 0;
      direction = at.gradient.map((g) => -g);
      slope = -inner(at.gradient, at.gradient);
    }
    if (!(slope < 0)) break;
    const longest = direction.reduce((max, d) => Math.max(max, Math.abs(d)), 0);
    // Parameters are logarithms: a step of more than 2 in one of them leaves the neighbourhood that the gradient knows.
    let length = Math.min(history.length === 0 ? 0.5 / longest : 1, 2 / longest);
    let next: { x: Float64Array; at: Slope } | undefined;
    while (left > 0) {
      const candidate = x.map((value, i) => value + length * (direction[i] ?? 0));
      const there = f(candidate);
      left--;
      if (there.value <= at.value + 1e-4 * length * slope) {
        next = { x: candidate, at: there };
        break;
      }
      if (length * longest < 1e-6) break;
      length *= Number.isFinite(there.value) ? Math.min(0.5, Math.max(0.1, (-slope * length) / (2 * (there.value - at.value - slope * length)))) : 0.2;
    }
    if (!next) break;
    const gain = at.value - next.at.value;
    const from = { x, gradient: at.gradient };
    const to = next;
    const step = x.map((value, i) => (to.x[i] ?? 0) - value);
    const change = from.gradient.map((g, i) => (to.at.gradient[i] ?? 0) - g);
    const curvature = inner(step, change);
    if (curvature > 1e-12) history.push({ step, change, curvature });
    if (history.length > memory) history.shift();
    x = next.x;
    at = next.at;
    if (gain < tolerance) break;
  }
  return { x, value: at.value };
}

/** The two-loop recursion: minus the inverse Hessian's estimate times the gradient. */
function descent(gradient: Float64Array, history: readonly { step: Float64Array; change: Float64Array; curvature: number }[]): Float64Array {
  const q = gradient.map((g) => -g);
  const shares: number[] = [];
  for (let h = history.length - 1; h >= 0; h--) {
    const pair = history[h];
    if (!pair) continue;
    const share = inner(pair.step, q) / pair.curvature;
    shares[h] = share;
    for (let i = 0; i < q.length; i++) q[i] = (q[i] ?? 0) - share * (pair.change[i] ?? 0);
  }
  const last = history[history.length - 1];
  if (last) {
    const scale = last.curvature / inner(last.change, last.change);
    for (let i = 0; i < q.length; i++) q[i] = (q[i] ?? 0) * scale;
  }
  for (const [h, pair] of history.entries()) {
    const share = (shares[h] ?? 0) - inner(pair.change, q) / pair.curvature;
    for (let i = 0; i < q.length; i++) q[i] = (q[i] ?? 0) + share * (pair.step[i] ?? 0);
  }
  return q;
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
