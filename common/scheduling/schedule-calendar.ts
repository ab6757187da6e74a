import { createHash } from 'node:crypto';
import { dueText } from './due-text.ts';
import { durationText } from './duration-text.ts';
import { contentOf, isUnnamed } from './same-operations.ts';
import type { Schedule, ScheduledOperation, ScheduledOrder } from './schedule.ts';
import { ZonedClock } from './zoned-clock.ts';

/** A calendar must have a component (RFC 5545, 3.6): the zone of its times stands in one without events. */
const utcZone = ['BEGIN:VTIMEZONE', 'TZID:UTC', 'BEGIN:STANDARD', 'DTSTART:19700101T000000', 'TZOFFSETFROM:+0000', 'TZOFFSETTO:+0000', 'END:STANDARD', 'END:VTIMEZONE'];

/**
 * A machine's operations and setups as an iCalendar file (RFC 5545), times in UTC. An event's UID follows from `scope`, such as the shop's name, and the operation's id, so that
 * a calendar that is read again moves its events rather than doubling them; that of a part without a name also from what it is, as every file has a `line 2`. An event spans the breaks over which its work pauses.
 */
export function machineCalendarFile(schedule: Schedule, machine: string, scope: string): string {
  const stamp = utc(schedule.created_at);
  const clock = new ZonedClock(schedule.time_zone);
  const orders = new Map(schedule.orders.map((order) => [order.id, order]));
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Spindle//Schedule//EN', 'CALSCALE:GREGORIAN', 'METHOD:PUBLISH', `NAME:${escaped(machine)}`, `X-WR-CALNAME:${escaped(machine)}`, `X-WR-TIMEZONE:${escaped(schedule.time_zone)}`];
  const operations = schedule.operations.filter((one) => one.machine === machine);
  if (operations.length === 0) lines.push(...utcZone);
  for (const operation of operations) {
    const order = orders.get(operation.order_id);
    const name = `${encodeURIComponent(nameIn(operation, order))}@${encodeURIComponent(scope)}.spindle`;
    if (operation.setup_start !== null && operation.setup_end !== null) {
      lines.push(...event(`setup-${name}`, stamp, operation.setup_start, operation.setup_end, `Setup for ${operation.id}`, machine, `${durationText(operation.changeover_min)} of setup for ${operation.process}`));
    }
    const facts = [
      `${operation.process}, ${operation.quantity} ${operation.quantity === 1 ? 'piece' : 'pieces'}, ${durationText(operation.work_min)} of work`,
      ...(order === undefined || order.due === null ? [] : [`Order ${order.id} is due ${dueText(clock, Date.parse(order.due))}${order.late_min > 0 ? ` and ${durationText(order.late_min)} late` : ''}`]),
      ...(order === undefined || order.on_time === null ? [] : [`On time with probability ${Math.round(order.on_time * 100)} %`]),
      ...(operation.state === 'planned' ? [] : [operation.state]),
    ];
    const pieces = operation.quantity === 1 ? '' : ` ×${operation.quantity}`;
    lines.push(...event(`work-${name}`, stamp, operation.start, operation.end, `${operation.id} ${operation.process}${pieces}`, machine, facts.join('\n')));
  }
  lines.push('END:VCALENDAR');
  return lines.map((line) => `${folded(line)}\r\n`).join('');
}

function event(id: string, stamp: string, start: string, end: string, summary: string, machine: string, description: string): string[] {
  return [
    'BEGIN:VEVENT', `UID:${id}`, `DTSTAMP:${stamp}`, `DTSTART:${utc(start)}`, `DTEND:${utc(end)}`,
    `SUMMARY:${escaped(summary)}`, `LOCATION:${escaped(machine)}`, `DESCRIPTION:${escaped(description)}`, 'TRANSP:OPAQUE', 'END:VEVENT',
  ];
}

/** What an operation is called in all of a shop's plans: its id or, where this only counts the lines of a file, that and what the part is and when it is wanted. */
function nameIn(operation: ScheduledOperation, order: ScheduledOrder | undefined): string {
  if (!isUnnamed(operation)) return operation.id;
  const what = JSON.stringify([...contentOf(operation), operation.setup_min, order?.release, order?.due]);
  return `${operation.id} ${createHash('sha256').update(what).digest('hex').slice(0, 16)}`;
}

/** A time as RFC 5545 writes it in UTC: 20261123T060000Z. */
function utc(time: string): string {
  return `${new Date(time).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/** A TEXT value, RFC 5545, 3.3.11; control characters but line ends are left out. */
function escaped(value: string): string {
  const readable = value.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n]/gu, ' ');
  return readable.replace(/[\\;,]/g, (character) => `\\${character}`).replace(/\n/g, '\\n');
}

const encoder = new TextEncoder();

/** A content line folded to 75 octets, never within a character: RFC 5545, 3.1. */
function folded(line: string): string {
  let out = '';
  let octets = 0;
  for (const character of line) {
    const length = encoder.encode(character).length;
    if (octets + length > 75) {
      out += '\r\n ';
      octets = 1; // the space that continues the line
    }
    out += character;
    octets += length;
  }
  return out;
}
