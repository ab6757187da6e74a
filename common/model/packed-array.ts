import { z } from 'zod';

/** Numbers as base64 of little-endian IEEE 754 or unsigned integers: a third of the size of decimals, and exact. */
export const packedArraySchema = z.strictObject({
  type: z.enum(['f64', 'f32', 'u48', 'u16', 'u8']),
  length: z.int().min(0),
  base64: z.base64(),
});

export type PackedArray = z.infer<typeof packedArraySchema>;

const bytesOf = { f64: 8, f32: 4, u48: 6, u16: 2, u8: 1 } as const;

/** Packs numbers; those that the type cannot hold are rounded as its setter does. */
export function packArray(type: PackedArray['type'], values: ArrayLike<number>): PackedArray {
  const bytes = Buffer.alloc(values.length * bytesOf[type]);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (type === 'f64') bytes.writeDoubleLE(value, i * 8);
    else if (type === 'f32') bytes.writeFloatLE(value, i * 4);
    else if (type === 'u48') bytes.writeUIntLE(value, i * 6, 6);
    else if (type === 'u16') bytes.writeUInt16LE(value, i * 2);
    else bytes.writeUInt8(value, i);
  }
  return { type, length: values.length, base64: bytes.toString('base64') };
}

/** The numbers of a packed array. Throws RangeError where their count is another than it says. */
export function unpackArray({ type, length, base64 }: PackedArray): Float64Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== length * bytesOf[type]) throw new RangeError(`a packed array holds ${bytes.length} bytes where ${length} numbers are announced`);
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = type === 'f64' ? bytes.readDoubleLE(i * 8) : type === 'f32' ? bytes.readFloatLE(i * 4) : type === 'u48' ? bytes.readUIntLE(i * 6, 6) : type === 'u16' ? bytes.readUInt16LE(i * 2) : bytes.readUInt8(i);
  }
  return values;
}
