import { z } from 'zod';

/** Days of the week as calendars name them, Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const name = z.string().trim().min(1).max(100);
const minutes = z.number().min(0).max(100_000);
const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'expected a time of day as HH:MM from 00:00 to 24:00');
const date = z.iso.date('expected a date as YYYY-MM-DD');

const hours = {
  from: clockTime.describe('Start in the shop\'s wall time'),
  to: clockTime.describe('End in the shop\'s wall time; at or before `from` it is the next day\'s'),
};

/** Working hours of one date. */
export const shiftSchema = z.strictObject(hours);

/** Working hours that come every week on some days. */
export const weeklyShiftSchema = z.strictObject({ days: z.array(z.enum(weekdays)).min(1).describe('Days on which the shift starts'), ...hours });

/** A day, or the days from one to another, both included. */
export const holidaySchema = z.union([date, z.strictObject({ from: date, to: date })]);

/** When machines work: shifts of the week, other hours on some dates, and days without work. A shift belongs to the day on which it starts. */
export const calendarSchema = z.strictObject({
  weekly: z.array(weeklyShiftSchema).max(100).default([]),
  exceptions: z
    .array(z.strictObject({ date, shifts: z.array(shiftSchema).max(20).describe('The hours of that date in place of the weekly ones; none: closed') }))
    .max(2_000)
    .default([]),
  holidays: z.array(holidaySchema).max(1_000).default([]).describe('Days without work'),
  pausing: z.boolean().default(true).describe('True: work may pause over a break and go on after it; false: each operation must fit between two breaks'),
});

/** One machine. */
export const machineSchema = z.strictObject({
  name,
  processes: z.array(name).min(1).max(100).describe('What it can do'),
  speed: z.number().min(0.01).max(100).default(1).describe('Machining takes time_min / speed here; 2 is twice as fast'),
  calendar: name.optional().describe('Name of its calendar; without one it works round the clock'),
  pausing: z.boolean().optional().describe('In place of the calendar\'s'),
  closed: z
    .array(z.strictObject({ from: z.string(), to: z.string(), why: z.string().max(200).optional() }))
    .max(500)
    .default([])
    .describe('Times without work, such as maintenance: ISO 8601, in the shop\'s wall time where no offset is given'),
});

/** Minutes of setup where one feature changes from an operation to the next; the minutes of several rules add up. */
export const setupRuleSchema = z.strictObject({
  feature: name.describe('Column of the parts, such as material'),
  default: minutes.default(0).describe('Minutes of a change that `changes` does not name'),
  same: minutes.default(0).describe('Minutes where the feature stays the same'),
  changes: z
    .array(z.strictObject({ from: z.string().optional().describe('Absent: from anything'), to: z.string().optional().describe('Absent: to anything'), minutes }))
    .max(10_000)
    .default([]),
  machines: z.array(name).min(1).optional().describe('Machines that the rule is for, in place of the rule for all; absent: all'),
});

/** A shop: its machines, when they work, and how long they are set up. */
export const shopSchema = z
  .strictObject({
    name: name.optional(),
    time_zone: z.string().min(1).max(100).describe('IANA name, such as Europe/Berlin'),
    process_column: name.default('process').describe('Column of the parts that names the process'),
    calendars: z.record(name, calendarSchema).default({}),
    holidays: z.array(holidaySchema).max(1_000).default([]).describe('Days without work in every calendar'),
    machines: z.array(machineSchema).min(1, 'expected at least one machine').max(1_000),
    setups: z.array(setupRuleSchema).max(1_000).default([]),
  })
  .meta({ id: 'Shop' });

export type Shift = z.infer<typeof shiftSchema>;
export type Holiday = z.infer<typeof holidaySchema>;
export type ShopCalendar = z.infer<typeof calendarSchema>;
export type Machine = z.infer<typeof machineSchema>;
export type SetupRule = z.infer<typeof setupRuleSchema>;
export type Shop = z.infer<typeof shopSchema>;

/** True where the machine may pause work over a break. */
export function mayPause(shop: Shop, machine: Machine): boolean {
  return machine.pausing ?? (machine.calendar === undefined ? undefined : shop.calendars[machine.calendar]?.pausing) ?? true;
}
