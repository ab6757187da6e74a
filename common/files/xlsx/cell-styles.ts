import { unitNamed } from '../import/units.ts';
import { readXml } from './xml-reader.ts';
import type { ZipParts } from './zip-parts.ts';

const maxBytes = 32e6;

/** How a cell style shows numbers: as dates or times, or with a unit behind them. */
export interface NumberStyle {
  isDate: boolean;
  unit: string | undefined;
}

/** What each cell style of a workbook makes of numbers. */
export async function readNumberStyles(zip: ZipParts, part: string | undefined): Promise<NumberStyle[]> {
  const styles: NumberStyle[] = [];
  if (part === undefined || !zip.has(part)) return styles;
  const formats = new Map<number, string>();
  let inCellFormats = false;
  await readXml(part, zip.read(part, maxBytes), {
    open(name, attributes) {
      if (name === 'numFmt') formats.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') inCellFormats = true;
      else if (name === 'xf' && inCellFormats) {
        const id = Number(attributes.numFmtId ?? 0);
        const code = formats.get(id);
        styles.push({ isDate: code === undefined ? isBuiltInDate(id) : isDateFormat(code), unit: code === undefined ? undefined : unitOfFormat(code) });
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellFormats = false;
    },
  });
  return styles;
}

/** Formats that have a number but no code in the file (ECMA-376, part 1, 18.8.30), those of East Asian Excel among them. */
const isBuiltInDate = (id: number): boolean => (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);

/** True for a format code with a part of a date or time in it, outside of quotes, brackets and escapes: `dd.mm.yyyy`, not `0.00" mm"` or `[Red]0`. */
export function isDateFormat(code: string): boolean {
  const plain = code.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '');
  return /[dmyhs]/i.test(plain.replace(/general/gi, ''));
}

/**
 * The unit that a format code shows beside its numbers, in quotes, escaped or in brackets: `mm` of `0.0" mm"`, `"` of `0.0\"`. Where its sections show different ones, or it shows thousandths
 * of the number that is stored, as `0.0," m"` does, a text that is no unit.
 */
function unitOfFormat(code: string): string | undefined {
  const literals = [...code.matchAll(/"([^"]*)"|((?:\\.)+)|\[\$([^\]-]+)[^\]]*\]/g)].map(([, quoted, escaped, currency]) => (quoted ?? escaped?.replace(/\\/g, '') ?? currency ?? '').trim());
  const units = [...new Set(literals.filter((text) => unitNamed(text)))];
  if (units.length === 0) return undefined;
  const isScaled = /[0#?.],+(?![0#?,])/.test(code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, ' '));
  return isScaled ? `(${code.slice(0, 40)})` : units.join(' / ');
}
