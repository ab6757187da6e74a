import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { type SheetSource, sheetXml } from './sheet-xml.ts';
import { workbookParts } from './workbook-parts.ts';

/** Any time that a ZIP can hold: the same cells make the same bytes. */
const mtime = new Date('2000-01-01T12:00:00Z');

/** An XLSX workbook as it is being written: the sheets one after the other, each only when the one before it is whole. Memory does not grow with the rows. */
export async function* workbook(sheets: readonly SheetSource[]): AsyncGenerator<Uint8Array, void, undefined> {
  const zip = new ZipFile();
  for (const [name, xml] of Object.entries(workbookParts(sheets.map((sheet) => sheet.name)))) zip.addBuffer(Buffer.from(xml), name, { mtime });
  const output = new PassThrough();
  const streams: Readable[] = [];
  for (const [index, sheet] of sheets.entries()) {
    zip.addReadStreamLazy(`xl/worksheets/sheet${index + 1}.xml`, { mtime, compressionLevel: 1 }, (give) => {
      const stream = Readable.from(sheetXml(sheet));
      streams.push(stream);
      // Whoever reads the workbook must hear of it, or would wait for ever.
      stream.on('error', (error) => output.destroy(error));
      give(null, stream);
    });
  }
  zip.outputStream.pipe(output);
  zip.end();
  try {
    for await (const piece of output as AsyncIterable<Uint8Array>) yield piece;
  } finally {
    for (const stream of streams) stream.destroy();
  }
}
