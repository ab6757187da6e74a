// What XML cannot hold, and the escape itself where a text has it: ECMA-376, part 1, 22.9.2.19 (ST_Xstring).
const unwritable = /(?![\t\n])[\p{Cc}\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/gu;
const escaped = /_x([0-9A-Fa-f]{4})_/g;
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const markup = /[&<>"]/g;
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A text as the XML of a workbook holds it; half a surrogate pair becomes U+FFFD. */
export function cellXml(text: string): string {
  return text
    .replace(unwritable, (letter) => `_x${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(loneSurrogate, '\uFFFD')
    .replace(markup, (letter) => entities[letter] ?? letter);
}

/** The text that a workbook's string means, once XML's own entities are gone. */
export function cellText(text: string): string {
  return text.includes('_x') ? text.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text;
}
