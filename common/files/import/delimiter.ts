/** What may stand between two cells. */
export const delimiters = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof delimiters)[number];

/** Names of delimiters for people and options. */
export const delimiterNames = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' } as const satisfies Record<Delimiter, string>;

/** The delimiter that Excel's first line `sep=;` names, or undefined without such a line. */
export function namedDelimiter(text: string): Delimiter | undefined {
  const named = /^\uFEFF?sep=(.)[^\S\r\n]*\r?\n/i.exec(text)?.[1];
  return delimiters.find((delimiter) => delimiter === named);
}

/** Rows that a delimiter is told by. */
const sampleRows = 100;

/**
 * The delimiter of a text by its beginning. The one under which most columns that the file must have are found, as `found` counts them in a row;
 * where that is equal, the one that cuts most rows into equally many cells, titles above them aside; then the one that makes more cells.
 */
export function detectDelimiter(text: string, complete: boolean, found: (cells: readonly string[]) => number): Delimiter {
  let best: Delimiter = ',';
  let bestScore = -1;
  for (const delimiter of delimiters) {
    const rows = splitSample(text, delimiter, complete).filter((cells) => cells.some((cell) => cell.trim() !== ''));
    const widths = rows.map((cells) => cells.length);
    const head = Math.max(0, ...rows.slice(0, 20).map(found));
    const width = mostFrequent(widths);
    const even = width < 2 ? 0 : widths.filter((one) => one === width).length / widths.length;
    const score = head * 1_000 + even * 100 + Math.min(width, 50) / 50;
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}

function mostFrequent(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most), [0, 0])[0];
}

/** Rows of a text's beginning by RFC 4180, roughly: enough to count cells. The last row counts only where the text is complete. */
export function splitSample(text: string, delimiter: Delimiter, complete: boolean): string[][] {
  const rows: string[][] = [];
  let cells: string[] = [];
  let start = 0;
  let quoted = false;
  const end = (at: number): void => {
    const cell = text.slice(start, at);
    cells.push(cell.startsWith('"') ? cell.replace(/^"|"\s*$/g, '').replaceAll('""', '"') : cell);
    start = at + 1;
  };
  for (let at = 0; at < text.length && rows.length < sampleRows; at++) {
    const letter = text[at];
    if (letter === '"') {
      if (quoted || (at - start < 8 && text.slice(start, at).trim() === '')) quoted = !quoted;
    } else if (!quoted && letter === delimiter) end(at);
    else if (!quoted && (letter === '\n' || letter === '\r')) {
      end(at);
      if (letter === '\r' && text[at + 1] === '\n') start = ++at + 1;
      rows.push(cells);
      cells = [];
    }
  }
  if (rows.length < sampleRows && (complete || rows.length === 0) && start < text.length) {
    end(text.length);
    rows.push(cells);
  }
  return rows;
}
