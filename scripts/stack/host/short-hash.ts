import { createHash } from 'node:crypto';

/** Twelve characters that differ between texts; names what belongs to one folder. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
