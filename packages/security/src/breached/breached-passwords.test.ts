import { createHash } from 'node:crypto';
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { createFilterBuilder, type HashWords } from '#breached/build-filter.ts';
import { falsePositiveRate } from '#breached/filter-format.ts';
import { buildFuseTable, type FingerprintBits } from '#breached/fuse-table.ts';
import { openBreachedPasswords } from '#breached/open-filter.ts';

const folder = temporaryFolder('breached');
let files = 0;

function wordsOf(password: string): HashWords {
  const digest = createHash('sha1').update(password).digest();
  return [digest.readUInt32BE(0), digest.readUInt32BE(4), digest.readUInt32BE(8), digest.readUInt32BE(12)];
}

/** A filter of these passwords. */
function filterOf(
  passwords: readonly string[],
  { bits = 8, keysExpected = passwords.length }: { bits?: FingerprintBits; keysExpected?: number } = {},
): string {
  files += 1;
  const file = join(folder, `filter-${files}`);
  const builder = createFilterBuilder({ file, fingerprintBits: bits, keysExpected, minCount: 3 });
  const inOrder = passwords.map(wordsOf).sort(([a, b], [c, d]) => a - c || b - d);
  for (const words of inOrder) builder.add(words);
  builder.finish();
  return file;
}

const numbered = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name} ${index}`);

describe('SR-5: a filter of breached passwords', () => {
  const sizes = [0, 1, 2, 3, 10, 100, 1000, 10_000];
  const cases = sizes.flatMap((count) => ([8, 32] as const).map((bits) => [count, bits] as const));
  test.each(cases)('knows each of %i passwords by %i bits', async (count, bits) => {
    const passwords = numbered(count, 'known');
    const breached = await openBreachedPasswords(filterOf(passwords, { bits }));
    expect(breached.keys).toBe(count);
    const missing = [];
    for (const password of passwords) if (!(await breached.has(password))) missing.push(password);
    expect(missing).toEqual([]);
    await breached.close();
  });

  test.each<[FingerprintBits, number]>([
    [8, 1 / 256],
    [16, 1 / 65_536],
    [32, 1 / 4_294_967_296],
  ])('of %i bits takes others for them as often as it says', async (bits, rate) => {
    const breached = await openBreachedPasswords(filterOf(numbered(10_000, 'known'), { bits, keysExpected: 500_000 }));
    expect([breached.falsePositiveRate, breached.isPrecise]).toEqual([rate, bits === 32]);
    let taken = 0;
    const tries = 10_000;
    for (const password of numbered(tries, 'other')) if (await breached.has(password)) taken += 1;
    // Six standard deviations of the binomial distribution.
    const spread = 6 * Math.sqrt(tries * rate * (1 - rate)) + 1;
    expect(Math.abs(taken - tries * rate)).toBeLessThan(spread);
    await breached.close();
  });

  test('compares the whole password, in its normal form, and nothing else', async () => {
    const breached = await openBreachedPasswords(
      filterOf(['caf\u00e9 au lait', ...numbered(50, 'known')], { bits: 16 }),
    );
    expect(await breached.has('cafe\u0301 au lait')).toBe(true);
    expect(await breached.has('caf\u00e9 au lait ')).toBe(false);
    expect(await breached.has('Caf\u00e9 au lait')).toBe(false);
    await breached.close();
  });

  test('needs little more than nine bits a password, whatever the number of its parts', () => {
    const file = filterOf(numbered(200_000, 'known'));
    expect((readFileSync(file).length * 8) / 200_000).toBeLessThan(9.6);
  });

  test('equal keys cannot be placed', () => {
    const words = Uint32Array.from([1, 2, 3, 1, 2, 3]);
    expect(() => buildFuseTable({ words, count: 2 }, 8)).toThrow('distinct');
  });
});

describe('the file of a filter', () => {
  test('appears whole or not at all', () => {
    const file = join(folder, 'abandoned');
    const builder = createFilterBuilder({ file, keysExpected: 10 });
    builder.add(wordsOf('one'));
    expect(existsSync(file)).toBe(false);
    builder.abandon();
    expect([existsSync(file), existsSync(`${file}.partial`)]).toEqual([false, false]);
  });

  test('states version, number, least count and rate in its first bytes', () => {
    const file = readFileSync(filterOf(numbered(7, 'known')));
    expect(file.toString('latin1', 0, 8)).toBe('PWFILTER');
    expect([file.readUInt16LE(8), Number(file.readBigUInt64LE(12)), file.readUInt32LE(20)]).toEqual([1, 7, 3]);
    expect(file.readDoubleLE(28)).toBe(falsePositiveRate({ fingerprintBits: 8 }));
  });

  const damaged: Record<string, (file: string) => void> = {
    'is no filter': (file) => writeFileSync(file, 'password\n'.repeat(20)),
    'is of version 9': (file) => edit(file, (bytes) => bytes.writeUInt16LE(9, 8)),
    'its header is another': (file) => edit(file, (bytes) => bytes.writeUInt32LE(1, 20)),
    'the checksum of a part': (file) =>
      edit(file, (bytes) => bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)),
    'and not': (file) => truncateSync(file, readFileSync(file).length - 1),
    'it ends too early': (file) => truncateSync(file, 70),
  };
  test.each(Object.entries(damaged))('is refused when it %s', async (reason, damage) => {
    const file = filterOf(numbered(1000, 'known'));
    damage(file);
    await expect(openBreachedPasswords(file)).rejects.toThrow(reason);
    await expect(openBreachedPasswords(file)).rejects.toThrow(file);
  });

  test('is refused when there is none', async () => {
    await expect(openBreachedPasswords(join(folder, 'nowhere'))).rejects.toThrow('cannot be read');
  });
});

function edit(file: string, change: (bytes: Buffer) => void): void {
  const bytes = readFileSync(file);
  change(bytes);
  writeFileSync(file, bytes);
}
