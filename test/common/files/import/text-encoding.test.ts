import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHead } from '../../../../common/files/import/byte-head.ts';
import { fileKind } from '../../../../common/files/import/file-kind.ts';
import { utf8Text } from '../../../../common/files/import/text-encoding.ts';

/** The text as UTF-8, and the encoding that it was taken for. */
async function read(...pieces: Uint8Array[]): Promise<{ text: string; encoding: string }> {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield await Promise.resolve(piece);
  }
  const incoming = utf8Text(await readHead(source()));
  const all: Buffer[] = [];
  for await (const piece of incoming.pieces) all.push(piece);
  return { text: Buffer.concat(all).toString(), encoding: incoming.encoding };
}

const ascii = Buffer.from('a,b\n'.repeat(20_000)); // beyond the head

describe('text', () => {
  it('in UTF-8 comes as it is, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0') && !text.startsWith('\uFEFF')), fc.array(fc.nat(), { maxLength: 5 }), async (text, positions) => {
        const bytes = Buffer.from(`aß${text}`);
        const at = [0, ...positions.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        expect(await read(...at.slice(1).map((end, index) => bytes.subarray(at[index], end)))).toEqual({ text: `aß${text}`, encoding: 'utf-8' });
      }),
    );
  });

  it('that is ASCII for long is what its first other letter is', async () => {
    expect(await read(ascii, Buffer.from('Fräsen'))).toMatchObject({ encoding: 'utf-8', text: expect.stringMatching(/Fräsen$/) as string });
    expect(await read(ascii, Buffer.from('Fräsen', 'latin1'))).toMatchObject({ encoding: 'windows-1252', text: expect.stringMatching(/Fräsen$/) as string });
  });

  it('that stops being what it was names the line', async () => {
    await expect(read(Buffer.from('ä\n'), ascii, Buffer.from([0x63, 0x0a, 0xe9, 0x20]))).rejects.toMatchObject({ code: 'unsupported_encoding', message: expect.stringContaining('line 20003: the text is not UTF-8 as it is before') as string });
    await expect(read(Buffer.from('a\nb\n'), Buffer.from([0x63, 0x0a, 0, 0x61]))).rejects.toMatchObject({ code: 'not_text', message: expect.stringContaining('line 4: found a NUL byte') as string });
  });
});

it('may end with NULs, which fill up a block', async () => {
  expect(await read(Buffer.from('aä\nb\n\0\0'), Buffer.from('\0'))).toMatchObject({ text: 'aä\nb\n' });
  await expect(read(Buffer.from('aä\nb\0\0'), Buffer.from('\0c'))).rejects.toMatchObject({ code: 'not_text' });
});

describe('a file of another kind', () => {
  it.each([['a PNG image', [0x89, 0x50, 0x4e, 0x47]], ['a JPEG image', [0xff, 0xd8, 0xff, 0xe0]], ['a PDF', [0x25, 0x50, 0x44, 0x46]], ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]], ['a gzip archive', [0x1f, 0x8b, 0x08]]])('is called %s', (name, bytes) => {
    expect(() => fileKind(Uint8Array.from(bytes))).toThrow(name);
  });
  it('is called an OpenDocument table', () => {
    expect(() => fileKind(Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), Buffer.alloc(26), Buffer.from('mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK')]))).toThrow(/OpenDocument.*save it as \.xlsx/);
  });
  it('is told from a workbook and from text', () => {
    expect([fileKind(Uint8Array.from([0x50, 0x4b, 3, 4])), fileKind(Buffer.from('a,b')), fileKind(new Uint8Array())]).toEqual(['workbook', 'text', 'text']);
  });
});
