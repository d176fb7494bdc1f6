import { randomBytes } from 'node:crypto';

/** What every canary holds, and nothing else does: where it turns up, what a test planted has leaked (SR-85). */
export const canaryMark = 'qzkanariqz';

const letters = 'abcdefghijklmnopqrstuvwxyz';

/** A value that nobody else uses, of small letters alone, so that it may be a name or part of an address: mark, name, chance. */
export function canary(name: string): string {
  const chance = [...randomBytes(6)].map((byte) => letters[byte % letters.length]).join('');
  return `${canaryMark}${name.toLowerCase().replaceAll(/[^a-z]/g, '')}${chance}`;
}
