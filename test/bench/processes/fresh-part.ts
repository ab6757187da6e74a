const materials = ['steel', 'aluminum', 'copper'];
const processes = ['turning', 'drilling', 'milling'];
let count = 0;

/** A part that this process has not made before, within the demonstration model's learned ranges: x, y, z in cm, material, complexity, process. */
export function freshPart(): [number, number, number, string, number, string] {
  const n = count++;
  // x alone makes it distinct: a millionth more each time, in an order that leaps about; 39,999,979 is prime.
  const x = 10 + ((n * 1_000_003) % 39_999_979) / 1e6;
  const y = 5 + ((n * 733) % 2_500) / 100;
  const z = 2 + ((n * 379) % 1_300) / 100;
  return [x, y, z, materials[n % 3] ?? '', 1 + (n % 9), processes[Math.trunc(n / 3) % 3] ?? ''];
}

/** A fresh part as the query of `GET /predict`. */
export function freshQuery(): string {
  const [x, y, z, material, complexity, process] = freshPart();
  return `x=${x}&y=${y}&z=${z}&material=${material}&complexity=${complexity}&process=${process}`;
}

/** The body of `POST /v1/estimates` for so many fresh parts. */
export function freshParts(parts: number): string {
  const list = Array.from({ length: parts }, () => {
    const [x_cm, y_cm, z_cm, material, complexity, process] = freshPart();
    return { x_cm, y_cm, z_cm, material, complexity, process };
  });
  return JSON.stringify({ parts: list });
}
