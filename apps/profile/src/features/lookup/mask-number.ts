const shownMax = 4;

/** A number by which owners tell their accounts apart: the last four characters, of a short one at most the half. */
export function maskNumber(number: string): string {
  const shown = Math.min(shownMax, Math.floor(number.length / 2));
  return '*'.repeat(number.length - shown) + number.slice(number.length - shown);
}
