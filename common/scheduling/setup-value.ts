import { decimal } from '../part.ts';

/** A value of a feature as setup rules compare it: 5, 5.0 and " 5" are the same; what is no decimal number is its text. */
export function setupValue(text: string): string {
  const trimmed = text.trim();
  return String(decimal(trimmed) ?? trimmed);
}
