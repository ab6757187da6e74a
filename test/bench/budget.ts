/** One row of the budget table in DESIGN.md, measured. */
export interface Budget {
  /** What is measured, in the words of DESIGN.md. */
  what: string;
  /** What the product did, with its unit. */
  spindle: string;
  /** What it is compared with did, with its unit. */
  baseline: string;
  /** The figure that the aim is about. */
  figure: number;
  unit: '×' | 'ms' | 'MB';
  aim: { at: 'least' | 'most'; figure: number };
  /** All that was seen, for the JSON. */
  details: Record<string, unknown>;
}

/** True where the aim is met. */
export function isMet({ figure, aim }: Budget): boolean {
  return aim.at === 'least' ? figure >= aim.figure : figure <= aim.figure;
}

/** The budgets as a table for a terminal. */
export function budgetTable(budgets: readonly Budget[]): string {
  const rows = budgets.map((budget) => [
    budget.what,
    budget.spindle,
    budget.baseline,
    withUnit(budget.figure, budget.unit),
    `${budget.aim.at === 'least' ? '≥' : '≤'} ${withUnit(budget.aim.figure, budget.unit)}`,
    isMet(budget) ? 'ok' : 'short',
  ]);
  const table = [['what', 'Spindle', 'beside it', 'figure', 'aim', ''], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => [...(row[column] ?? '')].length))) ?? [];
  return table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

function withUnit(figure: number, unit: Budget['unit']): string {
  if (unit === '×') return `${figure.toFixed(2)} ×`;
  return `${figure < 10 ? figure.toFixed(1) : Math.round(figure)} ${unit}`;
}
