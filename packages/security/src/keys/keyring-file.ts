import { readFileSync } from 'node:fs';
import { pollFile, versionOf } from '#keys/file-changes.ts';
import { keyWeakness } from '#keys/key-strength.ts';
import type { Keyring, KeySet } from '#keys/keyring.ts';
import { createKeySet, KeyringInvalid, keyringOver } from '#keys/keyring.ts';

export interface KeyringFileOptions {
  /** What the keys are for; appears in errors and metrics. */
  readonly name: string;
  /** 32 by default, and never less than 16. */
  readonly minimumBytes?: number;
  /** Lets keys through that carry the development marker. Only development and tests may set it. */
  readonly allowDevelopmentKeys?: boolean;
  /** How often the file is looked at, 2,000 ms by default. */
  readonly pollMs?: number;
  readonly onReload?: (keyring: Keyring) => void;
  /** A changed file that cannot be used: the keys from before stay in use until it is put right. */
  readonly onError?: (error: Error) => void;
}

/**
 * A keyring from a file: `{ "current": "k2", "keys": { "k1": "<base64>", "k2": "<base64>" } }`. It is read again when it changes.
 * @throws KeyringInvalid when the file is missing, malformed, or holds a weak key
 */
export function openKeyring(file: string, options: KeyringFileOptions): Keyring & { close(): void } {
  const seen = versionOf(file, options.name);
  let keys = readKeySet(file, options);
  const keyring = keyringOver(options.name, () => keys);

  function reload(): boolean {
    try {
      keys = readKeySet(file, options);
    } catch (error) {
      options.onError?.(error instanceof Error ? error : new KeyringInvalid(options.name, 'unreadable'));
      return true;
    }
    options.onReload?.(keyring);
    return true;
  }

  return { ...keyring, close: pollFile(file, { seen, pollMs: options.pollMs }, reload) };
}

function readKeySet(file: string, options: KeyringFileOptions): KeySet {
  const { current, keys } = readDocument(file, options.name);
  const decoded = Object.entries(keys).map(([id, text]) => [id, decodeBase64(options.name, id, text)] as const);
  return checkedKeySet(new Map(decoded), current, options);
}

/** @throws KeyringInvalid when a text has another form than base64 that is written in one way */
export function decodeBase64(keyring: string, id: string, text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    throw new KeyringInvalid(keyring, `key ${JSON.stringify(id.slice(0, 32))} is not canonical base64`);
  }
  return bytes;
}

/** The keys as a set. @throws KeyringInvalid for a weak key, and for one under two ids */
export function checkedKeySet(
  keys: ReadonlyMap<string, Uint8Array>,
  current: string,
  options: Pick<KeyringFileOptions, 'name' | 'minimumBytes' | 'allowDevelopmentKeys'>,
): KeySet {
  for (const [id, bytes] of keys) {
    const problem = keyWeakness(bytes, {
      minimumBytes: Math.max(options.minimumBytes ?? 32, 16),
      allowDevelopmentKeys: options.allowDevelopmentKeys ?? false,
    });
    if (problem !== undefined) {
      throw new KeyringInvalid(options.name, `key ${JSON.stringify(id.slice(0, 32))} ${problem}`);
    }
  }
  const different = new Set([...keys.values()].map((bytes) => Buffer.from(bytes).toString('base64')));
  if (different.size !== keys.size) {
    throw new KeyringInvalid(options.name, 'two ids have the same key');
  }
  return createKeySet(options.name, keys, current);
}

interface KeyringDocument {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

function readDocument(file: string, name: string): KeyringDocument {
  const document = readKeyTexts(file, name, 'keys');
  return { current: document.current, keys: document.texts };
}

/** A keyring document whose keys stand under `member`, as texts. @throws KeyringInvalid, which quotes nothing of it */
export function readKeyTexts(
  file: string,
  name: string,
  member: 'keys' | 'wrapped',
): { readonly current: string; readonly texts: Readonly<Record<string, string>> } {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's message may quote the file, so it is not passed on.
    throw new KeyringInvalid(name, `${file} cannot be read as JSON`);
  }
  const { current, [member]: texts, ...others } = isRecord(document) ? document : {};
  const isWhole = typeof current === 'string' && isRecord(texts) && Object.keys(others).length === 0;
  if (!isWhole || !Object.values(texts).every((text) => typeof text === 'string')) {
    throw new KeyringInvalid(name, `${file} must be {"current": "<id>", "${member}": {"<id>": "<base64>"}}`);
  }
  return { current, texts: texts as Readonly<Record<string, string>> };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
