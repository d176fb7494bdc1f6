export type Version = readonly [major: number, minor: number];

/** The first `major.minor` (or lone major) number in what a program prints about itself. */
export function readVersion(text: string): Version | undefined {
  const match = /(\d+)(?:\.(\d+))?/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2] ?? 0)];
}

/** Whether `found` is `wanted` or newer; an unknown version is not. */
export function versionAtLeast(found: Version | undefined, wanted: Version): boolean {
  if (found === undefined) {
    return false;
  }
  return found[0] > wanted[0] || (found[0] === wanted[0] && found[1] >= wanted[1]);
}
