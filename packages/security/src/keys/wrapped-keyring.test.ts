import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type KeyContext, type KeyManagement, KeyManagementFailed } from '#keys/key-management.ts';
import { KeyringInvalid } from '#keys/keyring.ts';
import { isWrappedKeyring, openWrappedKeyring, type WrappedKeyringOptions } from '#keys/wrapped-keyring.ts';

/** A service that keeps what it wrapped in memory, and may be away. */
class Service implements KeyManagement {
  readonly asked: string[] = [];
  isAway = false;
  readonly #wrapped = new Map<string, Uint8Array>();

  wrap(key: Uint8Array, { app, keyring, key: id }: KeyContext): string {
    const wrapped = randomBytes(40).toString('base64');
    this.#wrapped.set(`${wrapped} ${app} ${keyring} ${id}`, key);
    return wrapped;
  }

  async unwrap(wrapped: Uint8Array, context: KeyContext): Promise<Uint8Array> {
    this.asked.push(context.key);
    if (this.isAway) throw new KeyManagementFailed(context, 'not reached', { passes: true });
    const { app, keyring, key: id } = context;
    const key = this.#wrapped.get(`${Buffer.from(wrapped).toString('base64')} ${app} ${keyring} ${id}`);
    if (key === undefined) throw new KeyManagementFailed(context, 'refused', { passes: false });
    return key;
  }

  generate(): Promise<never> {
    return Promise.reject(new Error('nobody asks for it here'));
  }
}

const contextOf = (key: string): KeyContext => ({ app: 'profile', keyring: 'kek', key });

function given() {
  const service = new Service();
  const file = join(temporaryFolder('wrapped'), 'kek.json');
  const write = (document: unknown) => {
    writeFileSync(`${file}.new`, JSON.stringify(document));
    renameSync(`${file}.new`, file);
  };
  const opened = async (options: Partial<WrappedKeyringOptions> = {}) => {
    const common = { name: 'kek', app: 'profile', keyManagement: service, pollMs: 5 };
    const keyring = await openWrappedKeyring(file, { ...common, ...options });
    onTestFinished(() => keyring.close());
    return keyring;
  };
  return { service, file, write, opened };
}

describe('openWrappedKeyring', () => {
  test('unwraps every key once, at the start, and asks for nothing afterwards', async () => {
    const { service, write, opened, file } = given();
    const [one, two] = [randomBytes(32), randomBytes(32)];
    write({
      current: 'k2',
      wrapped: { k1: service.wrap(one, contextOf('k1')), k2: service.wrap(two, contextOf('k2')) },
    });
    const keyring = await opened();
    expect(keyring.current()).toEqual({ id: 'k2', bytes: two });
    expect(keyring.find('k1')?.bytes).toEqual(one);
    expect(service.asked).toEqual(['k1', 'k2']);
    expect(isWrappedKeyring(file)).toBe(true);
  });

  test('unwraps of a changed file what is new, and keeps what it has while the service is away', async () => {
    const { service, write, opened } = given();
    const first = { k1: service.wrap(randomBytes(32), contextOf('k1')) };
    write({ current: 'k1', wrapped: first });
    const onError = vi.fn();
    const keyring = await opened({ onError });
    service.isAway = true;
    write({ current: 'k2', wrapped: { ...first, k2: service.wrap(randomBytes(32), contextOf('k2')) } });
    await vi.waitFor(() => expect(onError).toHaveBeenCalled());
    expect(keyring.current().id).toBe('k1');
    service.isAway = false;
    await vi.waitFor(() => expect(keyring.current().id).toBe('k2'));
    expect(service.asked.filter((id) => id === 'k1')).toHaveLength(1);
  });

  test.each([
    ['of another app', { app: 'auth' }],
    ['of another keyring', { name: 'blind-index' }],
  ])('takes no keyring %s', async (_, options) => {
    const { service, write, opened } = given();
    write({ current: 'k1', wrapped: { k1: service.wrap(randomBytes(32), contextOf('k1')) } });
    await expect(opened(options)).rejects.toThrow(KeyManagementFailed);
  });

  test('SR-84: takes no key under another id, no weak one, and no file of another form', async () => {
    const { service, write, opened, file } = given();
    write({ current: 'k1', wrapped: { k1: service.wrap(randomBytes(32), contextOf('k2')) } });
    await expect(opened()).rejects.toThrow('key k1 of keyring kek of profile: refused');
    write({ current: 'k1', wrapped: { k1: service.wrap(Buffer.alloc(32, 7), contextOf('k1')) } });
    await expect(opened()).rejects.toThrow('repeats itself');
    write({ current: 'k1', wrapped: { k1: '*' } });
    await expect(opened()).rejects.toThrow('is not canonical base64');
    write({ current: 'k1', keys: { k1: randomBytes(32).toString('base64') } });
    await expect(opened()).rejects.toThrow(KeyringInvalid);
    expect(isWrappedKeyring(file)).toBe(false);
    expect(isWrappedKeyring(`${file}.gone`)).toBe(false);
  });
});
