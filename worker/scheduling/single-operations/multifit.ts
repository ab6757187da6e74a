/** The machine of each job by LPT: from the longest on, each to the machine with the least load (Graham 1969). `sizes` sorted from the largest. */
export function longestFirst(sizes: Float64Array, machines: number): Int32Array {
  const load = new Float64Array(machines);
  return Int32Array.from(sizes, (size) => {
    let least = 0;
    for (let machine = 1; machine < machines; machine++) if ((load[machine] ?? 0) < (load[least] ?? 0)) least = machine;
    load[least] = (load[least] ?? 0) + size;
    return least;
  });
}

/** The machine of each job by MULTIFIT (Coffman, Garey & Johnson 1978): the least makespan below `upper` that first-fit finds by bisection; undefined where it finds none. */
export function multifit(sizes: Float64Array, machines: number, lower: number, upper: number): Int32Array | undefined {
  let best: Int32Array | undefined;
  let low = lower;
  let high = upper - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const found = firstFit(sizes, machines, middle);
    if (found === undefined) low = middle + 1;
    else {
      best = found;
      high = middle - 1;
    }
  }
  return best;
}

function firstFit(sizes: Float64Array, machines: number, capacity: number): Int32Array | undefined {
  const load = new Float64Array(machines);
  const bin = new Int32Array(sizes.length);
  for (let item = 0; item < sizes.length; item++) {
    const size = sizes[item] ?? 0;
    const machine = load.findIndex((sum) => sum + size <= capacity);
    if (machine < 0) return undefined;
    load[machine] = (load[machine] ?? 0) + size;
    bin[item] = machine;
  }
  return bin;
}
