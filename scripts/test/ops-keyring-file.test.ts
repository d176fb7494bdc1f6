import { chownSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { openKeyringFile } from '#ops/pii/keyring-file.ts';

const folder = temporaryFolder('ops-keyring-file');

let files = 0;
function given(): string {
  files += 1;
  const file = join(folder, `kek-${files}.json`);
  writeFileSync(file, JSON.stringify({ current: 'k1', keys: { k1: 'a2V5' } }), { mode: 0o640 });
  return file;
}

describe('SR-84 a file of a keyring', () => {
  it.runIf(process.getuid?.() === 0)('stays that of the account that reads it', () => {
    const file = given();
    chownSync(file, 4711, 4712);
    const opened = openKeyringFile(file);
    opened.document.current = 'k2';
    opened.save();
    opened.close();
    const { uid, gid, mode } = statSync(file);
    expect([uid, gid, mode & 0o777]).toEqual([4711, 4712, 0o640]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ current: 'k2' });
  });

  it('is changed by one command at a time, and let go of by one that fails', () => {
    const file = given();
    const opened = openKeyringFile(file);
    expect(() => openKeyringFile(file)).toThrow(`another command changes ${file}`);
    opened.close();
    expect(existsSync(`${file}.next`)).toBe(false);
    openKeyringFile(file).close();
  });

  it('is not replaced while it is no keyring, and nothing is left beside it', () => {
    const file = given();
    writeFileSync(file, '{');
    expect(() => openKeyringFile(file)).toThrow(`${file} cannot be read as a keyring`);
    expect(existsSync(`${file}.next`)).toBe(false);
    expect(() => openKeyringFile(join(folder, 'none', 'kek.json'))).toThrow('cannot be read as a keyring');
  });
});
