import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { writeNewFile } from '#ops/new-file.ts';
import { nodeProgram, repositoryFolder } from '#stack/settings/repository.ts';

const inFolder = (name: string) => join(temporaryFolder(`new-file-${name}`), 'users.jsonl');
const besides = (file: string) => readdirSync(join(file, '..'));

async function* linesOf(lines: number, between: (line: number) => void = () => undefined) {
  for (let line = 1; line <= lines; line += 1) {
    yield `${line}\n`;
    between(line);
  }
}

describe('SR-88 a file of all users', () => {
  it('has its name when it is whole, for its owner alone', async () => {
    const file = inFolder('whole');
    const named: boolean[] = [];
    await writeNewFile(
      file,
      linesOf(3, () => named.push(existsSync(file))),
    );
    expect(named).toEqual([false, false, false]);
    expect(readFileSync(file, 'utf8')).toBe('1\n2\n3\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(besides(file)).toEqual(['users.jsonl']);
  });

  it('neither replaces nor removes that of another run, begun before or since', async () => {
    const file = inFolder('other');
    const overtaken = linesOf(1, () => writeFileSync(file, 'of another run'));
    await expect(writeNewFile(file, overtaken)).rejects.toThrow(`${file} exists`);
    await expect(writeNewFile(file, linesOf(1))).rejects.toThrow(`${file} exists`);
    expect(readFileSync(file, 'utf8')).toBe('of another run');
    expect(besides(file)).toEqual(['users.jsonl']);
    const begun = inFolder('begun');
    writeFileSync(`${begun}.partial`, 'of another run');
    await expect(writeNewFile(begun, linesOf(1))).rejects.toThrow(`another run writes ${begun}.partial`);
    expect(readFileSync(`${begun}.partial`, 'utf8')).toBe('of another run');
  });

  it('leaves nothing where it fails', async () => {
    const file = inFolder('failed');
    const failing = linesOf(2, (line) => {
      if (line === 2) throw new Error('auth went away');
    });
    await expect(writeNewFile(file, failing)).rejects.toThrow('auth went away');
    expect(besides(file)).toEqual([]);
    const nowhere = join(file, 'none', 'users.jsonl');
    await expect(writeNewFile(nowhere, linesOf(1))).rejects.toThrow(`there is no folder ${join(file, 'none')}`);
  });

  it('leaves nothing when somebody ends it', async () => {
    const file = inFolder('ended');
    const program = `import { writeNewFile } from '#ops/new-file.ts';
      async function* endless() { for (;;) { yield 'somebody'; await new Promise((done) => setTimeout(done, 10)); } }
      await writeNewFile(${JSON.stringify(file)}, endless());`;
    const cwd = join(repositoryFolder, 'scripts');
    const child = spawn(nodeProgram, ['--input-type=module', '--eval', program], { cwd, stdio: 'ignore' });
    const ended = once(child, 'exit');
    await until(() => existsSync(`${file}.partial`) && statSync(`${file}.partial`).size > 0);
    child.kill('SIGINT');
    expect(await ended).toEqual([null, 'SIGINT']);
    expect(besides(file)).toEqual([]);
  });
});
