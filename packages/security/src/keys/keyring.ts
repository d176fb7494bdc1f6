/** A secret key and the short public name that is stored beside what was made with it. */
export interface Key {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * The live keys for one purpose. New things are made with the current key; older keys remain for what was made with
 * them until nothing of it is left. Ask it at each use: a keyring from a file changes while the process runs.
 */
export interface Keyring {
  readonly name: string;
  current(): Key;
  find(id: string): Key | undefined;
  /** Every live key, the current one first. */
  all(): readonly Key[];
}

/** The checked contents of a keyring, replaced as a whole. */
export interface KeySet {
  readonly current: Key;
  readonly byId: ReadonlyMap<string, Key>;
}

/** A keyring over whatever key set `read` answers at the time of use. */
export function keyringOver(name: string, read: () => KeySet): Keyring {
  return {
    name,
    current: () => read().current,
    find: (id) => read().byId.get(id),
    all: () => {
      const { current, byId } = read();
      return [current, ...[...byId.values()].filter((key) => key !== current)];
    },
  };
}

/** A keyring of fixed keys: for tests, and for keys that were unwrapped elsewhere. @throws KeyringInvalid */
export function staticKeyring(name: string, keys: Readonly<Record<string, Uint8Array>>, current: string): Keyring {
  const set = createKeySet(name, new Map(Object.entries(keys)), current);
  return keyringOver(name, () => set);
}

/** The keys of a keyring cannot be used. The message names the keyring and the key id, never a key. */
export class KeyringInvalid extends Error {
  override readonly name = 'KeyringInvalid';

  constructor(keyring: string, problem: string, options: { cause?: unknown } = {}) {
    super(`keyring ${keyring}: ${problem}`, options);
  }
}

/** Ids travel in records and in stored hashes, so they are short and plain. */
const keyIdPattern = /^[A-Za-z0-9_-]{1,32}$/;

/** Checks ids and that the current key exists. @throws KeyringInvalid */
export function createKeySet(name: string, keys: ReadonlyMap<string, Uint8Array>, currentId: string): KeySet {
  const byId = new Map<string, Key>();
  for (const [id, bytes] of keys) {
    if (!keyIdPattern.test(id)) {
      throw new KeyringInvalid(name, 'a key id must be 1 to 32 letters, digits, - or _');
    }
    byId.set(id, Object.freeze({ id, bytes }));
  }
  const current = byId.get(currentId);
  if (current === undefined) {
    throw new KeyringInvalid(name, 'the current key is not among the keys');
  }
  return { current, byId };
}
