/**
 * How much larger the variance of a mean is than if its values were independent, since rows of one part have errors in common: by the sums of the deviations of each part
 * (Kish, Survey Sampling, 1965, section 5.4; with the correction for few parts of Liang and Zeger, 1986, doi:10.1093/biomet/73.1.13). `parts` tells by value which part it is of.
 * 1 where each value is a part of its own; of values of one part all count as one; never less than 1, also where errors of a part happen to cancel.
 */
export function designEffect(values: ArrayLike<number>, parts: ArrayLike<number>): number {
  const count = values.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += values[i] ?? 0;
  const mean = total / count;
  const sums = new Map<number, number>();
  let apart = 0;
  for (let i = 0; i < count; i++) {
    const deviation = (values[i] ?? 0) - mean;
    const part = parts[i] ?? -1;
    sums.set(part, (sums.get(part) ?? 0) + deviation);
    apart += deviation ** 2;
  }
  if (sums.size === count || apart === 0) return 1;
  if (sums.size === 1) return count;
  let together = 0;
  for (const sum of sums.values()) together += sum ** 2;
  return Math.max(1, ((together * sums.size) / (sums.size - 1)) / ((apart * count) / (count - 1)));
}
