import { SpindleError } from '../../errors.ts';

const foreign: { name: string; bytes: number[]; fix: string }[] = [
  { name: 'a PNG image', bytes: [0x89, 0x50, 0x4e, 0x47], fix: 'choose the CSV file' },
  { name: 'a JPEG image', bytes: [0xff, 0xd8, 0xff], fix: 'choose the CSV file' },
  { name: 'a PDF', bytes: [0x25, 0x50, 0x44, 0x46], fix: 'choose the CSV file' },
  { name: 'an old Excel workbook, or one with a password', bytes: [0xd0, 0xcf, 0x11, 0xe0], fix: 'save it as .xlsx without a password, or as CSV UTF-8' },
  { name: 'a gzip archive', bytes: [0x1f, 0x8b], fix: 'unpack it first' },
  { name: 'a 7-Zip archive', bytes: [0x37, 0x7a, 0xbc, 0xaf], fix: 'unpack it first' },
];

const foreignTexts: { name: string; start: RegExp; fix: string }[] = [
  { name: 'a web page, which some programs call .xls', start: /^<(?:!doctype html|html|head|body|table)|^mime-version:/i, fix: 'open it in Excel and save it as .xlsx, or as CSV UTF-8' },
  { name: 'XML, which some programs call .xls', start: /^<\?xml|^<(?:ss:)?workbook/i, fix: 'open it in Excel and save it as .xlsx, or as CSV UTF-8' },
  { name: 'a SYLK table', start: /^ID;P/, fix: 'open it in Excel and save it as .xlsx, or as CSV UTF-8' },
  { name: 'a formatted text (RTF)', start: /^\{\\rtf/, fix: 'send the table itself, as .xlsx or CSV UTF-8' },
];

const zip = [0x50, 0x4b, 0x03, 0x04];

/** What a file is by its first bytes, whatever its name or content type says. Throws `not_text` for what is neither text nor a workbook. */
export function fileKind(head: Uint8Array): 'text' | 'workbook' {
  if (startsWith(head, zip)) {
    // ZIP archives of this kind begin with their type, unpacked.
    const isOpenDocument = Buffer.from(head.subarray(30, 100)).toString('latin1').startsWith('mimetypeapplication/vnd.oasis.opendocument');
    if (isOpenDocument) throw new SpindleError('not_text', 'line 1: the file is an OpenDocument table (.ods), which is not read; save it as .xlsx, or as CSV UTF-8');
    return 'workbook';
  }
  for (const { name, bytes, fix } of foreign) {
    if (startsWith(head, bytes)) throw new SpindleError('not_text', `line 1: the file is ${name}, not CSV text; ${fix}`);
  }
  return 'text';
}

/** Throws `not_text` for text by whose first characters it is no table. */
export function refuseForeignText(head: string): void {
  const start = head.slice(0, 1_000).trimStart();
  const found = foreignTexts.find((one) => one.start.test(start));
  if (found) throw new SpindleError('not_text', `line 1: the file is ${found.name}, not CSV; ${found.fix}`);
}

const startsWith = (head: Uint8Array, bytes: readonly number[]): boolean => bytes.every((byte, index) => head[index] === byte);
