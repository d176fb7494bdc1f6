import { readFileSync } from 'node:fs';
import { pollFile, versionOf } from '#keys/file-changes.ts';
import { type KeyManagement, KeyManagementFailed } from '#keys/key-management.ts';
import { type Keyring, KeyringInvalid, type KeySet, keyringOver } from '#keys/keyring.ts';
import { checkedKeySet, decodeBase64, type KeyringFileOptions, readKeyTexts } from '#keys/keyring-file.ts';

export interface WrappedKeyringOptions extends KeyringFileOptions {
  /** The app whose keyring it is: a key that was wrapped for another one does not unwrap. */
  readonly app: string;
  readonly keyManagement: KeyManagement;
}

/** Whether the keys in the file are wrapped by a key management service. False for a file that is not there, or no JSON. */
export function isWrappedKeyring(file: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(readFileSync(file, 'utf8')), 'wrapped');
  } catch {
    return false;
  }
}

/**
 * A keyring from a file whose keys a key management service wrapped: `{ "current": "k2", "wrapped": { "k1": "<base64>", … } }`.
 * They are unwrapped at once, and those that are new when the file changes; nothing else asks the service. While it
 * does not answer, the keys from before stay and it is asked again.
 * @throws KeyringInvalid, KeyManagementFailed
 */
export async function openWrappedKeyring(
  file: string,
  options: WrappedKeyringOptions,
): Promise<Keyring & { close(): void }> {
  const seen = versionOf(file, options.name);
  const unwrapped = new Map<string, Uint8Array>();
  let keys = await readWrapped(file, options, unwrapped);
  const keyring = keyringOver(options.name, () => keys);

  async function reload(): Promise<boolean> {
    try {
      keys = await readWrapped(file, options, unwrapped);
    } catch (error) {
      options.onError?.(error instanceof Error ? error : new KeyringInvalid(options.name, 'unreadable'));
      return !(error instanceof KeyManagementFailed && error.passes);
    }
    options.onReload?.(keyring);
    return true;
  }

  return { ...keyring, close: pollFile(file, { seen, pollMs: options.pollMs }, reload) };
}

/** `unwrapped` remembers, by wrapped text, what the service need not be asked for again. */
async function readWrapped(
  file: string,
  options: WrappedKeyringOptions,
  unwrapped: Map<string, Uint8Array>,
): Promise<KeySet> {
  const { app, keyManagement, name } = options;
  const { current, texts } = readKeyTexts(file, name, 'wrapped');
  const keys = new Map<string, Uint8Array>();
  for (const [id, text] of Object.entries(texts)) {
    const remembered = unwrapped.get(`${id} ${text}`);
    const context = { app, keyring: name, key: id };
    keys.set(id, remembered ?? (await keyManagement.unwrap(decodeBase64(name, id, text), context)));
  }
  const checked = checkedKeySet(keys, current, options);
  unwrapped.clear();
  for (const [id, bytes] of keys) unwrapped.set(`${id} ${texts[id]}`, bytes);
  return checked;
}
