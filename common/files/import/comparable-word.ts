const marks = /\p{M}/gu;
const notWord = /[^\p{L}\p{N}]+/gu;

/** A name as names are compared: small letters without accents, anything but letters and digits as one blank; `Länge`, `LAENGE ` and `X_cm` become `lange`, `laenge` and `x cm`. */
export function comparableWord(text: string): string {
  return text.normalize('NFKD').replace(marks, '').toLowerCase().replaceAll('ß', 'ss').replace(notWord, ' ').trim();
}
