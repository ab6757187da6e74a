import { SpindleError } from '../../errors.ts';
import { cellText } from './cell-text.ts';
import { readXml } from './xml-reader.ts';
import type { ZipParts } from './zip-parts.ts';

const maxBytes = 256e6;
/** Characters of all texts together, which stay in memory while the sheet is read. */
const maxCharacters = 60e6;
const maxStrings = 2_000_000;

/** The texts that a workbook's cells refer to by number. Throws `invalid_workbook` for more than fit the limits. */
export async function readSharedStrings(zip: ZipParts, part: string | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (part === undefined || !zip.has(part)) return strings;
  let text = '';
  let characters = 0;
  let inText = false;
  let phonetic = 0;
  await readXml(part, zip.read(part, maxBytes), {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') phonetic++;
      else if (name === 't') inText = phonetic === 0;
    },
    text(piece) {
      if (!inText) return;
      text += piece;
      characters += piece.length;
      if (characters > maxCharacters || strings.length > maxStrings) throw new SpindleError('invalid_workbook', `the workbook has more than ${maxCharacters / 1e6} million characters of text: save the sheet as CSV UTF-8, or split it`);
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') phonetic--;
      else if (name === 'si') strings.push(cellText(text));
    },
  });
  return strings;
}
