import { comparableWord } from './comparable-word.ts';

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
  ['length', 1e3, 'mm', 'millimeter', 'millimetre', 'millimeters', 'millimetres', 'millimetern'],
  ['length', 1e4, 'cm', 'centimeter', 'centimetre', 'centimeters', 'centimetres', 'zentimeter', 'zentimetern'],
  ['length', 1e5, 'dm'],
  ['length', 1e6, 'm', 'meter', 'metre', 'meters', 'metres', 'metern'],
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

/** The unit that a word names, in whatever case and with or without accents; undefined for any other word. */
export function unitNamed(word: string): Unit | undefined {
  const small = word.toLowerCase().replace(/\.$/, '');
  return units.get(word) ?? units.get(small) ?? units.get(small.normalize('NFD').replace(/\p{M}/gu, ''));
}

/** The text of a unit without what stands around it: `mm` of `[mm]`, `in mm`, `/mm` and `mm*`. */
export function bareUnit(text: string): string {
  return text.trim().replace(/^[\s([{/]+|[\s)\]}*]+$/g, '').replace(/^(?:in|en)\s+(?=\p{L})/iu, '');
}

/** Names of units that mean nothing else. */
export const unmistakable = /^(?:[mcµμ]m|(?:milli|[cz]enti)m[eè]t(?:ern?|ers|res?)|inch|inches|zoll|pouces?|feet)$/i;

/** A unit that stands somewhere in a text. */
export interface UnitMention {
  unit: Unit;
  /** True where nothing else can be meant: `mm`, but of letters that mean much else, such as `m` and `h`, only those in brackets, behind `in`, or behind `Unit:`. */
  sure: boolean;
  /** True where a number stands before it or divides it: neither `1/10 mm` nor `cm/10` is its unit. */
  scaled: boolean;
}

const wordOfUnits = /^(?:me|eh|einh|einheit|einheiten|\p{L}+einheit|ze|um|uom|units?|unites?)$/u;

/** True for a name, as names are compared, that says of what stands beside it that it is a unit: `Einheit`, `Length UOM`, `U/M`. */
export const isOfUnits = (name: string): boolean => /(?:^| )u m(?: |$)/.test(name) || name.split(' ').some((word) => wordOfUnits.test(word));

/** All units that a text names: `Maße in mm, Gewichte in kg`. */
export function unitsIn(text: string): UnitMention[] {
  return [...text.matchAll(/(?<![\p{L}\p{N}])(?<factor>\d[\d.,/]*\s*)?(?<word>\p{L}+|["″”])(?![\p{L}\p{N}])/gu)].flatMap(({ index, groups: { factor = '', word = '' } = {}, 0: whole }) => {
    const [before, after] = [text.slice(0, index), text.slice(index + whole.length)];
    const unit = unitNamed(word);
    // The `in` of `in mm` is no inch.
    if (!unit || (/^in$/i.test(word) && /^[\s_]+\p{L}/u.test(after))) return [];
    const alone = /[([{]\s*(?:in\s+)?$/i.test(before) && /^\s*[)\]}]/.test(after);
    const behind = /(?<!\p{L})(?:in|en)[\s_]+$/iu.test(before) || (/[=:]\s*$/.test(before) && isOfUnits(comparableWord(before)));
    const sure = unmistakable.test(word) || alone || behind;
    return sure || /\p{L}/u.test(word) ? [{ unit, sure, scaled: factor !== '' || /^\s*[/x×*]\s*\d/.test(after) }] : [];
  });
}

/** A number of one unit in another, rounded to the 15 digits that a double can hold as they were written: 30 mm are 3 cm, not 3.0000000000000004. */
export function converted(value: number, from: Unit, to: Unit): number {
  return from.scale === to.scale ? value : Number(((value * from.scale) / to.scale).toPrecision(15));
}

/** Symbols of all units that convert into this one. */
export function unitsLike(unit: Unit): string[] {
  return table.filter(([kind]) => kind === unit.kind).map(([, , symbol]) => symbol);
}
