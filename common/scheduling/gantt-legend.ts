import { type GanttColouring, latenessColours } from './gantt-colours.ts';
import { element, text, textWidth } from './svg.ts';

/** From one line of the legend to the next. */
const lineHeight = 20;

/** Explains what a chart shows, in as many lines as its width from x to `right` takes; the first one's baseline is at `top`. */
export function ganttLegend(colouring: GanttColouring, { x, right, top }: { x: number; right: number; top: number }, shown: { locked: boolean; running: boolean; simulated: boolean }): { svg: string; height: number } {
  const size = 10.5;
  let svg = '';
  let at = x;
  let y = top;
  const add = (sample: (left: number) => string, width: number, label: string): void => {
    const needed = width + 5 + textWidth(label, size);
    if (at > x && at + needed > right) [at, y] = [x, y + lineHeight];
    svg += sample(at) + text(label, { x: at + width + 5, y, size });
    at += needed + 16;
  };
  const box = (fill: string, more: Readonly<Record<string, string | number>> = {}) => (left: number): string =>
    element('rect', { x: left, y: y - 10, width: 22, height: 12, fill, stroke: '#57606a', 'stroke-width': 0.7, ...more });
  if (colouring === 'order') add(box('#8ecae6'), 22, 'operation, coloured by order');
  else for (const [label, colour] of Object.entries(latenessColours)) add(box(colour), 22, label);
  add(box('#8ecae6', { 'fill-opacity': 0.35, 'stroke-dasharray': '2 2' }), 22, 'paused');
  add(box('url(#setup)'), 22, 'setup');
  add(box('#dde1e6', { stroke: 'none' }), 22, 'break');
  if (colouring === 'order') add(box('#ffffff', { stroke: '#b3261e', 'stroke-width': 2 }), 22, 'order is late');
  if (shown.running) add(box('#ffffff', { 'stroke-dasharray': '5 2', stroke: '#22272e', 'stroke-width': 1.6 }), 22, 'running');
  if (shown.locked) add((left) => box('#ffffff')(left) + element('rect', { x: left, y: y - 10, width: 4, height: 12, fill: '#22272e' }), 22, 'locked');
  add((left) => element('path', { d: `M${left + 6} ${y - 8}l4 7h-8z`, fill: '#2d6a4f' }), 12, 'due (amber: doubtful, with its chance; red: late)');
  add((left) => element('line', { x1: left, x2: left + 20, y1: y - 4, y2: y - 4, stroke: '#b3261e', 'stroke-width': 2.6, 'stroke-opacity': 0.55 }), 20, 'late by (arrow: more than drawn)');
  if (shown.simulated) {
    add((left) => element('path', { d: `M${left} ${y - 7}v6M${left} ${y - 4}h24M${left + 24} ${y - 7}v6`, stroke: '#22272e', 'stroke-width': 1.1, fill: 'none' }) + element('circle', { cx: left + 11, cy: y - 4, r: 1.8, fill: '#22272e' }), 24, '10, 50 and 90 % of simulated finishes');
  }
  return { svg, height: y - top + lineHeight };
}
