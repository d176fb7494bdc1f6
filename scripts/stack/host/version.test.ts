import { expect, it } from 'vitest';
import { readVersion, versionAtLeast } from '#stack/host/version.ts';

it.each([
  ['postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', [15, 18]],
  ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0', [7, 0]],
  ['nginx version: nginx/1.22.1', [1, 22]],
  ['rabbit-3.10.8', [3, 10]],
  ['16', [16, 0]],
])('reads the version of "%s"', (text, version) => {
  expect(readVersion(text)).toEqual(version);
});

it('compares versions as numbers', () => {
  expect(versionAtLeast([3, 10], [3, 9])).toBe(true);
  expect(versionAtLeast([3, 9], [3, 10])).toBe(false);
  expect(versionAtLeast([4, 0], [3, 10])).toBe(true);
  expect(versionAtLeast(readVersion('no number'), [1, 0])).toBe(false);
});
