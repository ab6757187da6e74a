import { createReadStream } from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify';
import { answerCommands } from './answer-commands.ts';

/** Reads a CSV file and writes it out again to nowhere: what no service that parses and writes CSV in JavaScript can do without. */
async function through({ file }: { file: string }): Promise<{ seconds: number; bytes: number }> {
  let bytes = 0;
  const start = performance.now();
  await pipeline(
    createReadStream(file),
    parse(),
    stringify(),
    new Writable({
      write(piece: Buffer, _encoding, done) {
        bytes += piece.length;
        done();
      },
    }),
  );
  return { seconds: (performance.now() - start) / 1_000, bytes };
}

answerCommands({ through });
