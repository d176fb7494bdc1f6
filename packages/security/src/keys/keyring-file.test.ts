import { randomBytes } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { developmentKeyMarker } from '#keys/key-strength.ts';
import { KeyringInvalid } from '#keys/keyring.ts';
import type { KeyringFileOptions } from '#keys/keyring-file.ts';
import { openKeyring } from '#keys/keyring-file.ts';

const seed = randomBytes(32);

let folder: string;
let file: string;
let closers: (() => void)[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyring-'));
  file = join(folder, 'kek.json');
  closers = [];
});

afterEach(() => {
  for (const close of closers) {
    close();
  }
  rmSync(folder, { recursive: true });
});

function base64Key(bytes: Uint8Array = randomBytes(32)): string {
  return Buffer.from(bytes).toString('base64');
}

function write(document: unknown, path = file): void {
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
}

function opened(options: Partial<KeyringFileOptions> = {}) {
  const keyring = openKeyring(file, { name: 'kek', pollMs: 5, ...options });
  closers.push(() => keyring.close());
  return keyring;
}

describe('openKeyring', () => {
  test('answers the current key, each key by its id, and all with the current one first', () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    write({ current: 'k2', keys: { k1: base64Key(first), k2: base64Key(second) } });
    const keyring = opened();
    expect(keyring.current()).toEqual({ id: 'k2', bytes: second });
    expect(keyring.find('k1')?.bytes).toEqual(first);
    expect(keyring.find('k3')).toBeUndefined();
    expect(keyring.all().map(({ id }) => id)).toEqual(['k2', 'k1']);
  });

  test.each<[string, () => unknown]>([
    ['a current key that does not exist', () => ({ current: 'k2', keys: { k1: base64Key() } })],
    ['no keys', () => ({ current: 'k1', keys: {} })],
    ['an extra member', () => ({ current: 'k1', keys: { k1: base64Key() }, note: '' })],
    ['a list of keys', () => ({ current: '0', keys: [base64Key()] })],
    ['a key that is not text', () => ({ current: 'k1', keys: { k1: 1 } })],
    ['an id with a colon', () => ({ current: 'a:b', keys: { 'a:b': base64Key() } })],
    ['base64url', () => ({ current: 'k1', keys: { k1: base64Key(Buffer.alloc(32, 0xfb)).replaceAll('+', '-') } })],
    ['one key under two ids', () => ({ current: 'a', keys: { a: base64Key(seed), b: base64Key(seed) } })],
    ['something else than JSON', () => 'current: k1'],
    ['an empty file', () => ''],
  ])('refuses %s', (_, document) => {
    write(document());
    expect(() => opened()).toThrow(KeyringInvalid);
  });

  test('refuses a file that is not there, naming it', () => {
    expect(() => opened()).toThrow(`keyring kek: cannot read ${file}`);
  });

  test('says which key is wrong without showing it', () => {
    const weak = Buffer.alloc(32, 7).toString('base64');
    write({ current: 'k1', keys: { k1: weak } });
    expect(() => opened()).toThrow(/kek.*"k1" repeats itself/);
    expect(() => opened()).not.toThrow(weak);
  });

  test('does not quote a file that is not JSON', () => {
    const text = base64Key();
    write(text);
    expect(() => opened()).toThrow(expect.toSatisfy((error) => !inspect(error).includes(text.slice(0, 5))));
  });
});

describe('SR-84: openKeyring refuses weak keys', () => {
  test.each([
    ['31 bytes', randomBytes(31), /shorter than 32 bytes/],
    ['one byte repeated', Buffer.alloc(32, 0xab), /repeats itself/],
    ['zeros', Buffer.alloc(64), /repeats itself/],
    ['a short pattern', Buffer.from('deadbeefcafe0102'.repeat(4), 'hex'), /repeats itself/],
    ['typed text', Buffer.from('The quick brown fox jumps over the lazy dog'), /is text/],
    [
      'the development marker',
      Buffer.from(`${developmentKeyMarker}${randomBytes(32).toString('hex')}`),
      /development key/,
    ],
  ])('%s', (_, bytes, message) => {
    write({ current: 'k1', keys: { k1: base64Key(bytes) } });
    expect(() => opened()).toThrow(message);
  });

  test('lets a development key through where that is asked for', () => {
    write({
      current: 'k1',
      keys: { k1: base64Key(Buffer.concat([Buffer.from(developmentKeyMarker), randomBytes(32)])) },
    });
    expect(opened({ allowDevelopmentKeys: true }).current().id).toBe('k1');
  });

  test('takes random keys', () => {
    for (let round = 0; round < 200; round += 1) {
      write({ current: 'k1', keys: { k1: base64Key() } });
      expect(opened().current().id).toBe('k1');
    }
  });
});

describe('reload', () => {
  const first = { current: 'k1', keys: { k1: base64Key() } };
  const second = { current: 'k2', keys: { ...first.keys, k2: base64Key() } };

  test('follows a change of the file', async () => {
    write(first);
    const onReload = vi.fn();
    const keyring = opened({ onReload });
    write(second);
    await vi.waitFor(() => expect(keyring.current().id).toBe('k2'));
    expect(onReload).toHaveBeenCalled();
  });

  test('follows a rename over the file', async () => {
    write(first);
    const keyring = opened();
    write(second, `${file}.new`);
    renameSync(`${file}.new`, file);
    await vi.waitFor(() => expect(keyring.current().id).toBe('k2'));
  });

  test('follows the swap of a symbolic link, as mounted secrets change', async () => {
    write(first, join(folder, 'v1.json'));
    write(second, join(folder, 'v2.json'));
    symlinkSync('v1.json', file);
    const keyring = opened();
    symlinkSync('v2.json', `${file}.new`);
    renameSync(`${file}.new`, file);
    await vi.waitFor(() => expect(keyring.current().id).toBe('k2'));
  });

  test.each<[string, () => void]>([
    ['a broken file', () => write('{')],
    ['a weak key', () => write({ current: 'k1', keys: { k1: base64Key(Buffer.alloc(32, 1)) } })],
    ['no file', () => unlinkSync(file)],
  ])('keeps the keys it has over %s, says so once, and recovers', async (_, spoil) => {
    write(first);
    const onError = vi.fn();
    const keyring = opened({ onError });
    spoil();
    await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
    expect(onError).toHaveBeenCalledWith(expect.any(KeyringInvalid));
    expect(keyring.current().id).toBe('k1');
    write(second);
    await vi.waitFor(() => expect(keyring.current().id).toBe('k2'));
    expect(onError).toHaveBeenCalledOnce();
  });
});
