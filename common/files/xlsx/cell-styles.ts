import { readXml } from './xml-reader.ts';
import type { ZipParts } from './zip-parts.ts';

const maxBytes = 32e6;

/** For each cell style of a workbook whether it shows numbers as dates or times. */
export async function readDateStyles(zip: ZipParts, part: string | undefined): Promise<boolean[]> {
  const styles: boolean[] = [];
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
        styles.push(code === undefined ? isBuiltInDate(id) : isDateFormat(code));
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
