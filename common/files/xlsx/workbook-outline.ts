import { posix } from 'node:path';
import { SpindleError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { readXml } from './xml-reader.ts';
import type { ZipParts } from './zip-parts.ts';

const maxBytes = 8e6;

/** What a workbook consists of, by the names of its parts. */
export interface WorkbookOutline {
  sheets: { name: string; part: string; hidden: boolean }[];
  sharedStrings: string | undefined;
  styles: string | undefined;
  /** True where days are counted from 1904. */
  from1904: boolean;
}

/** Reads the outline. Throws `invalid_workbook` for an archive that is no workbook, and for one that takes values from other files. */
export async function readOutline(zip: ZipParts): Promise<WorkbookOutline> {
  if (zip.names.some((name) => /^xl\/externalLinks\//i.test(name))) {
    throw new SpindleError('invalid_workbook', 'the workbook links to other files (external links), which are not followed: break the links under Data, Edit Links, or save the sheet as CSV UTF-8');
  }
  const root = await readRelations(zip, '_rels/.rels', '');
  const workbook = root.find(({ type }) => type === 'officeDocument')?.target;
  if (workbook === undefined || !zip.has(workbook)) throw notAWorkbook(zip);
  if (workbook.endsWith('.bin')) throw new SpindleError('invalid_workbook', 'the file is a binary workbook (.xlsb): save it as .xlsx, or as CSV UTF-8');
  const relations = await readRelations(zip, posix.join(posix.dirname(workbook), '_rels', `${posix.basename(workbook)}.rels`), posix.dirname(workbook));
  const partOf = (type: string): string | undefined => relations.find((one) => one.type === type)?.target;
  const outline: WorkbookOutline = { sheets: [], sharedStrings: partOf('sharedStrings'), styles: partOf('styles'), from1904: false };
  await readXml(workbook, zip.read(workbook, maxBytes), {
    open(name, attributes) {
      if (name === 'workbookPr') outline.from1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key === 'id' || key.endsWith(':id'))?.[1];
      const relation = relations.find((one) => one.id === id);
      if (relation?.type === 'worksheet') outline.sheets.push({ name: attributes.name ?? '', part: relation.target, hidden: attributes.state !== undefined && attributes.state !== 'visible' });
    },
  });
  return outline;
}

/** The sheet of that name, in whatever case, or the first that is not hidden. Throws `invalid_workbook` with the sheets that there are. */
export function chooseSheet({ sheets }: WorkbookOutline, name: string | undefined): { name: string; part: string } {
  const names = sheets.map((sheet) => sheet.name);
  const chosen = name === undefined ? (sheets.find(({ hidden }) => !hidden) ?? sheets[0]) : (sheets.find((sheet) => sheet.name === name) ?? sheets.find((sheet) => sheet.name.toLowerCase() === name.toLowerCase()));
  if (chosen) return chosen;
  if (name === undefined) throw new SpindleError('invalid_workbook', 'the workbook has no sheet with cells');
  const near = nearest(name, names);
  throw new SpindleError('invalid_workbook', `the workbook has no sheet "${name.slice(0, 80)}"; it has ${names.slice(0, 20).join(', ').slice(0, 400)}${near ? `: did you mean "${near}"?` : ''}`);
}

interface Relation {
  id: string;
  /** The last word of the relation's type. */
  type: string;
  target: string;
}

async function readRelations(zip: ZipParts, part: string, folder: string): Promise<Relation[]> {
  if (!zip.has(part)) throw notAWorkbook(zip);
  const relations: Relation[] = [];
  await readXml(part, zip.read(part, maxBytes), {
    open(name, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
      if (name !== 'Relationship' || mode === 'External') return;
      relations.push({ id, type: type.slice(type.lastIndexOf('/') + 1), target: target.startsWith('/') ? target.slice(1) : posix.join(folder, target) });
    },
  });
  return relations;
}

function notAWorkbook(zip: ZipParts): SpindleError {
  const inside = zip.names.slice(0, 5).map((name) => name.slice(0, 60)).join(', ');
  return new SpindleError('invalid_workbook', `the file is a ZIP archive and no Excel workbook (.xlsx); it holds ${inside || 'nothing'}: send the table itself, as .xlsx or CSV UTF-8`);
}
