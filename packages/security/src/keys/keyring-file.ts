import { readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
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
 * A keyring from a file: `{ "current": "k2", "keys": { "k1": "<base64>", "k2": "<base64>" } }`. The file is polled rather
 * than watched, because that also sees renames over it and the symlink swaps of mounted secrets.
 * @throws KeyringInvalid when the file is missing, malformed, or holds a weak key
 */
export function openKeyring(file: string, options: KeyringFileOptions): Keyring & { close(): void } {
  let seen = versionOf(file, options.name);
  let keys = readKeySet(file, options);
  const keyring = keyringOver(options.name, () => keys);

  function reload(version: string): void {
    seen = version;
    try {
      keys = readKeySet(file, options);
    } catch (error) {
      options.onError?.(error instanceof Error ? error : new KeyringInvalid(options.name, 'unreadable'));
      return;
    }
    options.onReload?.(keyring);
  }

  async function poll(): Promise<void> {
    const version = await stat(file, { bigint: true }).then(fingerprint, () => 'missing');
    if (version !== seen) {
      reload(version);
    }
  }

  const timer = setInterval(() => void poll(), options.pollMs ?? 2000).unref();
  return { ...keyring, close: () => clearInterval(timer) };
}

interface FileVersion {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

function fingerprint({ ino, size, mtimeNs }: FileVersion): string {
  return `${ino}:${size}:${mtimeNs}`;
}

/** Taken before the file is read: a change in between is then seen by the next poll, not lost. */
function versionOf(file: string, name: string): string {
  try {
    return fingerprint(statSync(file, { bigint: true }));
  } catch (cause) {
    throw new KeyringInvalid(name, `cannot read ${file}`, { cause });
  }
}

function readKeySet(file: string, options: KeyringFileOptions): KeySet {
  const { current, keys } = readDocument(file, options.name);
  const decoded = new Map<string, Uint8Array>();
  const spellings = new Set<string>();
  for (const [id, text] of Object.entries(keys)) {
    const problem = decodeProblem(text, options);
    if (problem !== undefined) {
      throw new KeyringInvalid(options.name, `key ${JSON.stringify(id.slice(0, 32))} ${problem}`);
    }
    decoded.set(id, Buffer.from(text, 'base64'));
    spellings.add(text);
  }
  if (spellings.size !== decoded.size) {
    throw new KeyringInvalid(options.name, 'two ids have the same key');
  }
  return createKeySet(options.name, decoded, current);
}

function decodeProblem(text: string, options: KeyringFileOptions): string | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) {
    return 'is not canonical base64';
  }
  return keyWeakness(bytes, {
    minimumBytes: Math.max(options.minimumBytes ?? 32, 16),
    allowDevelopmentKeys: options.allowDevelopmentKeys ?? false,
  });
}

interface KeyringDocument {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

function readDocument(file: string, name: string): KeyringDocument {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The parser's message may quote the file, so it is not passed on.
    throw new KeyringInvalid(name, `${file} cannot be read as JSON`);
  }
  if (!isKeyringDocument(document)) {
    throw new KeyringInvalid(name, `${file} must be {"current": "<id>", "keys": {"<id>": "<base64>"}}`);
  }
  return document;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isKeyringDocument(value: unknown): value is KeyringDocument {
  return (
    isRecord(value) &&
    Object.keys(value).every((member) => member === 'current' || member === 'keys') &&
    typeof value['current'] === 'string' &&
    isRecord(value['keys']) &&
    Object.values(value['keys']).every((key) => typeof key === 'string')
  );
}
