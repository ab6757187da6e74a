import type { FieldIssue } from '../../errors.ts';
import type { MatchedColumn } from './header-match.ts';
import { unitBehind } from './number-cells.ts';
import { visible } from './number-text.ts';
import type { Unit } from './units.ts';

/** Tells numbers without a unit from those that name their own, such as `300 mm`, in columns whose header names none: beside such a cell, a bare number may be in either unit. */
export class OwnUnits {
  readonly #columns: readonly (MatchedColumn & { fieldUnit: Unit })[];
  /** The first cell of each kind that names another unit than the field's. */
  readonly #named = new Map<Unit['kind'], { line: number; symbol: string }>();
  /** The first line of each kind with a number that was taken for the field's unit. */
  readonly #bare = new Map<Unit['kind'], number>();

  constructor(columns: readonly MatchedColumn[]) {
    this.#columns = columns.flatMap((column) => (column.field.unit && column.field.unit.kind !== 'count' && column.unit === undefined && !column.saysUnit ? [{ ...column, fieldUnit: column.field.unit }] : []));
  }

  /** Lets a row of the file's beginning tell that cells name their own units. */
  observe(cells: readonly string[], line: number): void {
    for (const { index, fieldUnit } of this.#columns) {
      const unit = otherUnit(cells[index] ?? '', fieldUnit);
      if (unit && !this.#named.has(unit.kind)) this.#named.set(unit.kind, { line, symbol: unit.symbol });
    }
  }

  /** What is wrong with a row that has a bare number where another cell names a unit, or such a unit where bare numbers were read. */
  issue(cells: readonly string[], line: number): FieldIssue | undefined {
    for (const { index, field, fieldUnit, header } of this.#columns) {
      const cell = cells[index] ?? '';
      const { kind, symbol } = fieldUnit;
      const named = this.#named.get(kind);
      const about = { line, field: field.name, value: cell.slice(0, 80) };
      const column = `line ${line}, column ${header.slice(0, 80)}`;
      const fix = `write the unit beside each number, or that of all into the header, as "${header.slice(0, 80)} (${named?.symbol ?? symbol})"`;
      if (isBare(cell)) {
        if (named) return { ...about, message: `${column}: expected a unit beside the number, since line ${named.line} says ${named.symbol}, got "${cell.trim().slice(0, 20)}"`, fix };
        if (!this.#bare.has(kind)) this.#bare.set(kind, line);
        continue;
      }
      const unit = otherUnit(cell, fieldUnit);
      if (!unit || named) continue;
      const bare = this.#bare.get(kind);
      if (bare !== undefined) return { ...about, message: `${column}: expected ${symbol} as above, from line ${bare} on, where no unit stands, got "${cell.trim().slice(0, 20)}"`, fix };
      this.#named.set(kind, { line, symbol: unit.symbol });
    }
    return undefined;
  }
}

const isBare = (cell: string): boolean => /[\d.,]\s*$/.test(cell);

/** The unit that a cell names itself, where it is another one of the field's kind. */
function otherUnit(cell: string, of: Unit): Unit | undefined {
  if (cell === '' || isBare(cell)) return undefined;
  const unit = unitBehind(visible(cell));
  return unit?.kind === of.kind && unit.scale !== of.scale ? unit : undefined;
}
