/** Text made safe for XML; characters that XML does not know are left out. */
export function escapeXml(value: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what XML 1.0 forbids
  const allowed = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '');
  return allowed.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

type Attributes = Readonly<Record<string, string | number>>;

/** An SVG element; numbers to a tenth of a pixel. */
export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${typeof value === 'number' ? Math.round(value * 10) / 10 : escapeXml(value)}"`).join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** How a line of text is set. */
export interface TextStyle {
  x: number;
  y: number;
  size: number;
  fill?: string;
  weight?: 'bold';
  anchor?: 'middle' | 'end';
}

/** A line of text. */
export function text(value: string, { x, y, size, fill = '#22272e', weight, anchor }: TextStyle): string {
  return element('text', { x, y, 'font-size': size, fill, ...(weight ? { 'font-weight': weight } : {}), ...(anchor ? { 'text-anchor': anchor } : {}) }, escapeXml(value));
}

/** Width of a text in px, about: 0.58 of the size a character, that of digits and mixed letters of Arial and its like. */
export function textWidth(value: string, size: number): number {
  return value.length * size * 0.58;
}

/** As much of a text as fits into a width, cut with an ellipsis; empty where fewer than two characters would stay. */
export function fitted(value: string, size: number, width: number): string {
  if (textWidth(value, size) <= width) return value;
  const letters = Math.floor(width / (size * 0.58)) - 1;
  return letters < 2 ? '' : `${[...value].slice(0, letters).join('')}…`;
}
