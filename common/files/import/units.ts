/** A unit that numbers of files come in. */
export interface Unit {
  /** Its usual symbol. */
  symbol: string;
  /** Units of one kind convert into each other. */
  kind: 'length' | 'time' | 'mass' | 'count';
  /** How many of the kind's smallest unit (µm, ms, mg, piece) it makes. */
  scale: number;
}

const table: [Unit['kind'], scale: number, symbol: string, ...names: string[]][] = [
  ['length', 1, 'µm', 'um', 'μm', 'micron', 'microns'],
  ['length', 1e3, 'mm', 'millimeter', 'millimetre', 'millimeters', 'millimetres'],
  ['length', 1e4, 'cm', 'centimeter', 'centimetre', 'centimeters', 'centimetres', 'zentimeter'],
  ['length', 1e5, 'dm'],
  ['length', 1e6, 'm', 'meter', 'metre', 'meters', 'metres'],
  ['length', 25_400, 'in', 'inch', 'inches', 'zoll', 'pouce', 'pouces', '"', '″', '”'],
  ['length', 304_800, 'ft', 'foot', 'feet'],
  ['time', 1, 'ms'],
  ['time', 1e3, 's', 'sec', 'secs', 'second', 'seconds', 'sek', 'sekunden', 'secondes'],
  ['time', 6e4, 'min', 'mins', 'minute', 'minutes', 'minuten'],
  ['time', 3.6e6, 'h', 'hr', 'hrs', 'hour', 'hours', 'std', 'stunde', 'stunden', 'heure', 'heures'],
  ['mass', 1, 'mg'],
  ['mass', 1e3, 'g', 'gram', 'grams', 'gramm'],
  ['mass', 1e6, 'kg'],
  ['mass', 1e9, 't'],
  ['mass', 453_592.37, 'lb', 'lbs'],
  ['mass', 28_349.523_125, 'oz'],
  ['count', 1, 'pcs', 'pc', 'pce', 'pces', 'piece', 'pieces', 'ea', 'each', 'stk', 'stck', 'st', 'stück', 'stueck', 'pièce', 'pièces'],
];

const units = new Map(table.flatMap(([kind, scale, symbol, ...names]) => [symbol, ...names].map((name): [string, Unit] => [name, { symbol, kind, scale }])));

/** The unit that a word names, in whatever case; undefined for any other word. */
export function unitNamed(word: string): Unit | undefined {
  return units.get(word) ?? units.get(word.toLowerCase().replace(/\.$/, ''));
}

/** A number of one unit in another, rounded to the 15 digits that a double can hold as they were written: 30 mm are 3 cm, not 3.0000000000000004. */
export function converted(value: number, from: Unit, to: Unit): number {
  return from.scale === to.scale ? value : Number(((value * from.scale) / to.scale).toPrecision(15));
}

/** Symbols of all units that convert into this one. */
export function unitsLike(unit: Unit): string[] {
  return table.filter(([kind]) => kind === unit.kind).map(([, , symbol]) => symbol);
}
