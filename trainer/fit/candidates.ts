import { type Basis, basisWidth } from '../../common/model/basis.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import type { TrainingTable } from '../training-table.ts';
import { Design, type SmoothBlock } from './design.ts';
import { levelColumns } from './level-columns.ts';
import { quantileKnots } from './quantile-knots.ts';

/** One way to write the target as a sum over the features. */
export interface Candidate {
  /** In words, for the report. */
  name: string;
  /** For each number feature: its basis, and the columns of the design that hold it. */
  smooth: { feature: number; basis: Basis; columns: number[] }[];
  /** All columns of the design that it weighs, categories' levels last. */
  columns: number[];
}

/** A design that holds the columns of every candidate, so that one pass over the rows serves them all. */
export interface CandidateSet {
  design: Design;
  candidates: Candidate[];
  /** What was simplified to keep the design small, in words. */
  notes: string[];
}

/** A basis that all number features of a candidate take: powers, or a natural spline with this many knots. */
type Shape = { name: string; exponents: number[] } | { name: string; knots: number };

const shapes: Shape[] = [
  { name: 'linear', exponents: [1] },
  { name: 'squares', exponents: [1, 2] },
  { name: '1.5 powers', exponents: [1, 1.5] },
  { name: 'square roots', exponents: [0.5, 1] },
  { name: 'powers 0.5, 1, 1.5, 2', exponents: [0.5, 1, 1.5, 2] },
  { name: 'natural splines, 5 knots', knots: 5 },
  { name: 'natural splines, 8 knots', knots: 8 },
];

/** Columns that the number features together may take: each row costs the square of them. */
const maxDenseWidth = 600;
/** Multiplications that solving for all candidates may take, once; each fold and penalty solves anew. About a quarter of a second. */
const maxSolving = 1e8;

/** The candidates for a table: every number feature as it is, in powers or as a natural spline; every category by its levels. Simplest first. */
export function candidateSet(schema: PartSchema, table: TrainingTable): CandidateSet {
  const notes: string[] = [];
  const numbers = schema.features.flatMap((feature, f) => (feature.kind === 'category' ? [] : [f]));
  const levels = levelColumns(schema, table, notes);
  const tried = shapesFor(numbers.length, levels.reduce((sum, { width }) => sum + width, 0));
  if (tried.length < shapes.length && numbers.length > 0) {
    notes.push(`with so many columns only these bases were tried: ${tried.map(({ name }) => name).join('; ')}`);
  }
  const design = new Design(table, numbers.flatMap((feature) => blocksOf(feature, table, tried)), levels);
  const levelsFrom = design.denseWidth;
  const levelPositions = Array.from({ length: design.width - levelsFrom }, (_, c) => levelsFrom + c);
  const candidates = tried.map((shape) => {
    const smooth = numbers.map((feature) => termOf(shape, design.smooth.filter((block) => block.feature === feature)));
    return { name: shape.name, smooth, columns: [...smooth.flatMap((term) => term.columns), ...levelPositions] };
  });
  return { design, candidates, notes };
}

/** The first shapes, as many as stay within the limits, one in any case; without number features all are the same. */
function shapesFor(numbers: number, levelsWidth: number): Shape[] {
  if (numbers === 0) return [{ name: 'levels', exponents: [1] }];
  let solving = 0;
  let count = 0;
  for (const shape of shapes) {
    solving += (numbers * widthOf([shape]) + levelsWidth) ** 3 / 3;
    if (count > 0 && (solving > maxSolving || numbers * widthOf(shapes.slice(0, count + 1)) > maxDenseWidth)) break;
    count++;
  }
  return shapes.slice(0, count);
}

/** Columns of one feature that these shapes need together. */
function widthOf(some: readonly Shape[]): number {
  return exponentsOf(some).length + some.reduce((sum, shape) => sum + ('knots' in shape ? shape.knots - 1 : 0), 0);
}

/** The exponents of all power shapes, each once: those shapes share the columns of one block. */
function exponentsOf(some: readonly Shape[]): number[] {
  return [...new Set(some.flatMap((shape) => ('exponents' in shape ? shape.exponents : [])))];
}

function blocksOf(feature: number, table: TrainingTable, tried: readonly Shape[]): Omit<SmoothBlock, 'offset'>[] {
  const sorted = Float64Array.from(table.columns[feature] ?? []).sort();
  const largest = Math.max(Math.abs(sorted[0] ?? 0), Math.abs(sorted[sorted.length - 1] ?? 0));
  const blocks: Omit<SmoothBlock, 'offset'>[] = [{ feature, name: 'powers', basis: { kind: 'powers', scale: largest > 0 ? largest : 1, exponents: exponentsOf(tried) } }];
  for (const shape of tried) {
    if (!('knots' in shape)) continue;
    const knots = quantileKnots(sorted, shape.knots);
    // Through two values goes a line, which the powers have already.
    if (knots.length >= 3 && sorted.some((value) => value !== sorted[0] && value !== sorted[sorted.length - 1])) blocks.push({ feature, name: shape.name, basis: { kind: 'natural-spline', knots } });
  }
  return blocks;
}

/** One feature's term of a candidate, from the blocks that the feature has in the design; a line where it has too few values for the shape. */
function termOf(shape: Shape, blocks: readonly SmoothBlock[]): Candidate['smooth'][number] {
  const spline = blocks.find((block) => block.name === shape.name);
  if (spline) return { feature: spline.feature, basis: spline.basis, columns: Array.from({ length: basisWidth(spline.basis) }, (_, c) => spline.offset + c) };
  const powers = blocks[0];
  if (powers?.basis.kind !== 'powers') throw new Error('the blocks of a number feature begin with its powers');
  const { offset, basis } = powers;
  const exponents = 'exponents' in shape ? shape.exponents : [1];
  return { feature: powers.feature, basis: { ...basis, exponents }, columns: exponents.map((exponent) => offset + basis.exponents.indexOf(exponent)) };
}
