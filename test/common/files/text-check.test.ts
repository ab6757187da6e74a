import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextCheck } from '../../../common/files/text-check.ts';

function check(...pieces: Uint8Array[]): void {
  const text = new TextCheck();
  for (const piece of pieces) text.push(piece);
  text.end();
}

const bytes = (...values: number[]) => Uint8Array.from(values);

describe('TextCheck', () => {
  it('lets through any UTF-8 text wherever it is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')), fc.nat(), (text, position) => {
        const encoded = Buffer.from(`a${text}`); // a CSV may not begin as a PDF does
        const at = position % (encoded.length + 1);
        expect(() => check(encoded.subarray(0, at), encoded.subarray(at))).not.toThrow();
      }),
    );
  });

  it.each([
    ['a PNG image', bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a)],
    ['a JPEG image', bytes(0xff, 0xd8, 0xff, 0xe0)],
    ['a PDF', Buffer.from('%PDF-1.7')],
    ['a ZIP archive or Excel workbook', bytes(0x50, 0x4b, 0x03, 0x04)],
    ['a gzip archive', bytes(0x1f, 0x8b, 0x08)],
  ])('knows %s, also byte by byte, and says what to do', (name, start) => {
    for (const pieces of [[start], [...start].map((value) => bytes(value))]) {
      expect(() => check(...pieces)).toThrow(expect.objectContaining({ code: expect.stringMatching(/not_text|unsupported_encoding/) as unknown }) as Error);
    }
    expect(() => check(start)).toThrow(name);
  });

  it('names UTF-16, by its mark or by its NUL bytes', () => {
    expect(() => check(Buffer.from('\uFEFFa,b', 'utf16le'))).toThrow('line 1: the text is UTF-16');
    expect(() => check(Buffer.from('a,b\n', 'utf16le'))).toThrow('line 1: found a NUL byte');
  });

  it('names the line of a byte that is no UTF-8, and of a NUL', () => {
    expect(() => check(Buffer.from('a\nb\n'), Buffer.from('c\nd'), bytes(0xe9, 0x20))).toThrow('line 4: the text is not UTF-8');
    expect(() => check(Buffer.from('a\nb\n'), bytes(0x63, 0x0a, 0))).toThrow('line 4: found a NUL byte');
  });

  it('refuses a text that ends within a character', () => {
    expect(() => check(Buffer.from('a\n漢').subarray(0, 4))).toThrow('line 2: the text is not UTF-8');
  });
});
