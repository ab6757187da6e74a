import { z } from 'zod';
import { type FieldIssue, SpindleError, issueText } from '../errors.ts';
import { calendarIssues, holidayIssues } from './calendar-issues.ts';
import { setupIssues } from './setup-issues.ts';
import { issueAt, placeOf, shapeIssues, suggestion } from './shape-issues.ts';
import { type Machine, type SetupRule, type Shop, type ShopCalendar, calendarSchema, holidaySchema, machineSchema, setupRuleSchema, shiftSchema, shopSchema, weeklyShiftSchema } from './shop.ts';
import { ZonedClock } from './zoned-clock.ts';

/** A shop from its JSON. Throws `invalid_shop` with every problem: place, what is wrong, fix. */
export function readShop(value: unknown): Shop {
  const parsed = shopSchema.safeParse(value);
  const pieces = { ...(parsed.success ? allPieces(parsed.data) : usablePieces(value)), calendarNames: calendarNamesOf(value) };
  const issues = [...(parsed.success ? [] : shapeIssues(parsed.error, value, knownKeys)), ...pieceIssues(pieces)];
  if (parsed.success && issues.length === 0) return parsed.data;
  const first = issues.slice(0, 3).map(issueText).join('; ');
  throw new SpindleError('invalid_shop', `the shop has ${issues.length === 1 ? 'a problem' : `${issues.length} problems`}: ${first}${issues.length > 3 ? '; …' : ''}`, { issues });
}

const knownKeys = [
  ...Object.keys(shopSchema.shape),
  ...Object.keys(machineSchema.shape),
  ...Object.keys(calendarSchema.shape),
  ...Object.keys(weeklyShiftSchema.shape),
  ...Object.keys(shiftSchema.shape),
  ...Object.keys(setupRuleSchema.shape),
  'date', 'shifts', 'minutes', 'why',
];

/** The parts of a shop that have the right shape, with their places: so that a wrong machine does not hide a wrong calendar. */
interface ShopPieces {
  zone: string | undefined;
  holidays: z.infer<typeof holidaySchema>[];
  calendars: { calendar: ShopCalendar; place: string }[];
  machines: { machine: Machine; place: string }[];
  machineNames: string[];
  rules: { rule: SetupRule; place: string }[];
}

function allPieces(shop: Shop): ShopPieces {
  return {
    zone: shop.time_zone,
    holidays: shop.holidays,
    calendars: Object.entries(shop.calendars).map(([name, calendar]) => ({ calendar, place: placeOf(['calendars', name]) })),
    machines: shop.machines.map((machine, index) => ({ machine, place: placeOf(['machines', index]) })),
    machineNames: shop.machines.map(({ name }) => name),
    rules: shop.setups.map((rule, index) => ({ rule, place: placeOf(['setups', index]) })),
  };
}

const looseShop = z.looseObject({
  time_zone: z.string().optional().catch(undefined),
  calendars: z.record(z.string(), z.unknown()).catch({}),
  machines: z.array(z.unknown()).catch([]),
  setups: z.array(z.unknown()).catch([]),
  holidays: z.array(holidaySchema).catch([]),
});
const named = z.looseObject({ name: z.string() });

function usablePieces(value: unknown): ShopPieces {
  const { data } = looseShop.safeParse(value);
  const usable = <T>(schema: z.ZodType<T>, values: Iterable<[string | number, unknown]>, root: string): { value: T; place: string }[] =>
    [...values].flatMap(([key, one]) => {
      const parsed = schema.safeParse(one);
      return parsed.success ? [{ value: parsed.data, place: placeOf([root, key]) }] : [];
    });
  const machines = data?.machines ?? [];
  return {
    zone: data?.time_zone,
    holidays: data?.holidays ?? [],
    calendars: usable(calendarSchema, Object.entries(data?.calendars ?? {}), 'calendars').map(({ value: calendar, place }) => ({ calendar, place })),
    machines: usable(machineSchema, machines.entries(), 'machines').map(({ value: machine, place }) => ({ machine, place })),
    machineNames: machines.flatMap((machine) => named.safeParse(machine).data?.name ?? []),
    rules: usable(setupRuleSchema, (data?.setups ?? []).entries(), 'setups').map(({ value: rule, place }) => ({ rule, place })),
  };
}

/** All names of calendars as machines refer to them, one as often as it is given: without the blanks around it. */
function calendarNamesOf(value: unknown): string[] {
  return Object.keys(looseShop.safeParse(value).data?.calendars ?? {}).map((calendar) => calendar.trim());
}

function pieceIssues(pieces: ShopPieces & { calendarNames: string[] }): FieldIssue[] {
  const clock = clockOf(pieces.zone);
  const issues: FieldIssue[] = [];
  if (pieces.zone !== undefined && clock === undefined) {
    issues.push(issueAt('time_zone', `there is no time zone "${pieces.zone}"`, pieces.zone, zoneSuggestion(pieces.zone)));
  }
  issues.push(...holidayIssues(pieces.holidays, 'holidays'));
  for (const twice of pieces.calendarNames.filter((calendar, index) => pieces.calendarNames.indexOf(calendar) < index)) {
    issues.push(issueAt(placeOf(['calendars', twice]), `"${twice}" is the name of two calendars`, twice, 'give each calendar a name of its own'));
  }
  for (const { calendar, place } of pieces.calendars) issues.push(...calendarIssues(calendar, place));
  const seen = new Map<string, string>();
  for (const { machine, place } of pieces.machines) {
    const before = seen.get(machine.name.toLowerCase());
    if (before !== undefined) issues.push(issueAt(`${place}.name`, `"${machine.name}" is already the name of ${before}`, machine.name, 'give each machine a name of its own'));
    seen.set(machine.name.toLowerCase(), place);
    issues.push(...machineIssues(machine, place, pieces.calendarNames, clock));
  }
  return [...issues, ...setupIssues(pieces.rules, pieces.machineNames)];
}

function machineIssues(machine: Machine, place: string, calendars: readonly string[], clock: ZonedClock | undefined): FieldIssue[] {
  const issues: FieldIssue[] = [];
  if (machine.calendar !== undefined && !calendars.includes(machine.calendar)) {
    issues.push(issueAt(`${place}.calendar`, `there is no calendar "${machine.calendar}"`, machine.calendar, suggestion(machine.calendar, calendars)));
  }
  for (const [index, process] of machine.processes.entries()) {
    const at = `${place}.processes[${index}]`;
    if (machine.processes.indexOf(process) < index) issues.push(issueAt(at, `"${process}" is named twice`, process, 'name it once'));
  }
  for (const [index, { from, to }] of machine.closed.entries()) {
    const at = `${place}.closed[${index}]`;
    const times = clock && { start: clock.read(from), end: clock.read(to, 'end') };
    if (times && times.start === undefined) issues.push(issueAt(`${at}.from`, `"${from}" is no date and time`, from, timeFix));
    if (times && times.end === undefined) issues.push(issueAt(`${at}.to`, `"${to}" is no date and time`, to, timeFix));
    if (times && (times.end ?? Infinity) <= (times.start ?? 0)) issues.push(issueAt(at, 'ends before it begins', `${from} to ${to}`, 'swap `from` and `to`'));
  }
  return issues;
}

/** How a time is to be written. */
export const timeFix = 'write it as 2026-11-30, 2026-11-30T14:00 or 2026-11-30T14:00+01:00, from 1970 on';

function clockOf(zone: string | undefined): ZonedClock | undefined {
  try {
    return zone === undefined ? undefined : new ZonedClock(zone);
  } catch {
    return undefined;
  }
}

function zoneSuggestion(zone: string): string {
  const [offset, sign, hours, minutes] = /^(?:UTC|GMT)?([+-])(\d\d?)(?::?(\d\d))?$/i.exec(zone.trim()) ?? [];
  if (offset !== undefined) {
    // The names of this kind count the hours that they are behind UTC.
    const fixed = `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
    return `name the place, such as Europe/Berlin${Number(minutes ?? 0) === 0 && clockOf(fixed) ? `, or "${fixed}" for ${sign}${Number(hours)} h all year` : ''}`;
  }
  const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')];
  // Most write the city alone, or misspell it.
  const city = zones.find((one) => one.toLowerCase().endsWith(`/${zone.trim().toLowerCase()}`));
  return city === undefined ? suggestion(zone, zones) : `did you mean "${city}"?`;
}
