import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBreachedPasswords } from '@bank/security';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { ops, opsProcess } from '#test/ops-command.ts';

const folder = temporaryFolder('password-list');
const passwords = Array.from({ length: 3000 }, (_, index) => `password ${index}`);
const inOrder = passwords
  .map((password, index) => ({
    hash: createHash('sha1').update(password).digest('hex').toUpperCase(),
    count: index + 1,
  }))
  .sort((a, b) => (a.hash < b.hash ? -1 : 1));

function listOf(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${line}\r\n`).join(''));
  return file;
}

const build = (...args: readonly string[]) => ops(['passwords', 'build-filter', ...args]);

async function known(filter: string, asked: readonly string[]): Promise<number> {
  const opened = await openBreachedPasswords(filter);
  let count = 0;
  for (const password of asked) if (await opened.has(password)) count += 1;
  await opened.close();
  return count;
}

const whole = listOf(
  'whole.txt',
  inOrder.map(({ hash, count }) => `${hash}:${count}`),
);

describe('SR-5 pnpm ops passwords build-filter', () => {
  it('makes a filter of an ordered file, and states size and rate', async () => {
    const out = join(folder, 'filter');
    const { status, stdout, stderr } = await opsProcess(['passwords', 'build-filter', whole, '--out', out]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/filter: 3000 passwords in 0\.0 MB, read back; one good password in 256 is refused as well/);
    expect(stdout).toContain('at sign-ins it does not count (--bits 32 does)');
    expect(await known(out, passwords)).toBe(3000);
  });

  it('of 32 bits counts at sign-ins too, and takes hardly any other for one of them', async () => {
    const out = join(folder, 'precise');
    const { stdout } = await build(whole, '--out', out, '--bits', '32');
    expect(stdout).toContain('one good password in 4294967296 is refused as well; it counts at sign-ins too');
    expect(await known(out, passwords)).toBe(3000);
    expect(
      await known(
        out,
        passwords.map((one) => `${one} of others`),
      ),
    ).toBe(0);
  });

  it('leaves out what was seen less often', async () => {
    const out = join(folder, 'often');
    const { stdout } = await build(whole, '--out', out, '--min-count', '2001', '--bits', '16');
    expect(stdout).toContain('1000 passwords');
    expect(await known(out, passwords.slice(2000))).toBe(1000);
    expect(await known(out, passwords.slice(0, 2000))).toBeLessThan(3);
  });

  it('reads a folder of ranges, lower case too, and takes one line twice for one', async () => {
    const ranges = join(folder, 'ranges');
    mkdirSync(ranges);
    const some = inOrder.slice(0, 100);
    for (const { hash } of some) {
      const line = `${hash.slice(5).toLowerCase()}:9\n`;
      writeFileSync(join(ranges, `${hash.slice(0, 5)}.txt`), line + line);
    }
    const out = join(folder, 'of-ranges');
    expect((await build(ranges, '--out', out)).stdout).toContain('100 passwords');
    expect(await known(out, passwords)).toBeGreaterThanOrEqual(100);
  });

  it.each([
    ['is not ordered', [...inOrder].reverse().map(({ hash }) => `${hash}:1`), 'line 2: comes before the line above it'],
    ['has a word in it', [`${inOrder[0]?.hash}:1`, 'password:1'], 'line 2: is no SHA-1'],
    ['is of another hash', [`${inOrder[0]?.hash}00:1`], 'line 1: is no SHA-1'],
    ['has a count that is none', [`${inOrder[0]?.hash}:x`], 'line 1: has a count that is no number'],
  ])('ends with 2 for a list that %s, naming the line, and leaves nothing behind', async (name, lines, problem) => {
    const out = join(folder, `none of ${name}`);
    const { status, stderr } = await build(listOf(`${name}.txt`, lines), '--out', out);
    expect([status, existsSync(out)]).toEqual([2, false]);
    expect(stderr).toContain(problem);
    expect(readdirSync(folder).filter((one) => one.endsWith('.partial'))).toEqual([]);
  });

  it.each([[[]], [[whole]], [[whole, '--out', 'x', '--bits', '9']], [['nowhere', '--out', 'x']]])(
    'ends with 2 for %j',
    async (args) => {
      expect((await build(...args)).status).toBe(2);
    },
  );
});
