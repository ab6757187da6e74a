import { StringDecoder } from 'node:string_decoder';
import sax from 'sax';
import { SpindleError, messageOf } from '../../errors.ts';

/** Elements within each other; those of a workbook are some ten. */
const maxDepth = 100;

/** What a reader of one part wants to know of its XML. Names come without their namespace's prefix. */
export interface XmlHandler {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  close?(name: string): void;
  /** Text, in as many pieces as the parser likes. */
  text?(text: string): void;
}

/**
 * Reads XML as it streams, and lets the caller look after each piece. Document types are refused, so that no entity of the file's own is ever expanded.
 * Throws `invalid_workbook` for XML that is not well-formed.
 */
export async function* xmlPieces(part: string, source: AsyncIterable<Buffer>, handler: XmlHandler): AsyncGenerator<number, void, undefined> {
  // Without positions the parser would not look how much it has buffered.
  const parser = sax.parser(true, { position: true });
  const failed = (what: string): SpindleError => new SpindleError('invalid_workbook', `the workbook's part ${part} is no sound XML (${what}): save it anew as .xlsx, or as CSV UTF-8`);
  // The parser has one handler of each kind and no listeners.
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  parser.onerror = (error) => {
    throw failed(messageOf(error).split('\n')[0] ?? '');
  };
  parser.ondoctype = () => {
    throw failed('it declares a document type');
  };
  let depth = 0;
  parser.onopentag = ({ name, attributes }) => {
    // The parser remembers every element that is open.
    if (++depth > maxDepth) throw failed(`its elements are nested more than ${maxDepth} deep`);
    handler.open?.(local(name), attributes as Record<string, string>);
  };
  parser.onclosetag = (name) => {
    depth--;
    handler.close?.(local(name));
  };
  // oxlint-disable-next-line unicorn/prefer-add-event-listener
  if (handler.text) parser.ontext = parser.oncdata = (text) => handler.text?.(text);
  const decoder = new StringDecoder('utf8');
  for await (const piece of source) {
    parser.write(decoder.write(piece));
    yield piece.length;
  }
  parser.write(decoder.end()).close();
}

/** Reads XML to its end. Throws as `xmlPieces` does. */
export async function readXml(part: string, source: AsyncIterable<Buffer>, handler: XmlHandler): Promise<void> {
  for await (const _ of xmlPieces(part, source, handler)) continue;
}

function local(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
