import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { ownedFolder, removeData } from '#stack/host/service-user.ts';

const user = { name: 'nobody', uid: 65_534, gid: 65_534 };
const base = temporaryFolder('service-user');
const closed = join(base, 'home');
const stack = join(closed, 'checkout', '.stack');

afterEach(() => removeData(stack));

describe.runIf(process.getuid?.() === 0)('ownedFolder, of an account that a parent is closed to', () => {
  it('is outside of the checkout where there is no data yet', () => {
    mkdirSync(stack, { recursive: true });
    chmodSync(base, 0o755);
    chmodSync(closed, 0o700);
    const folder = ownedFolder(stack, 'postgres', user);
    expect(folder).toMatch(/^\/var\/tmp\/bank-stack-/);
    expect(existsSync(join(stack, 'data', 'postgres'))).toBe(false);
  });

  it('keeps data that was made while the parent was open, and names the parent', () => {
    chmodSync(closed, 0o755);
    const folder = ownedFolder(stack, 'postgres', user);
    expect(folder).toBe(join(stack, 'data', 'postgres'));
    writeFileSync(join(folder, 'PG_VERSION'), '17');
    chmodSync(closed, 0o700);
    expect(() => ownedFolder(stack, 'postgres', user)).toThrow(
      `account nobody reaches its data in ${folder} no more: open ${closed} to it (chmod o+x)`,
    );
    expect(readFileSync(join(folder, 'PG_VERSION'), 'utf8')).toBe('17');
  });
});
