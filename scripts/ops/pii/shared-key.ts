import { keyringFile } from '#ops/pii/apps.ts';
import { type KeyringFile, newKeyText, openKeyringFile } from '#ops/pii/keyring-file.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { sharedKeyrings } from '#stack/secrets/keyrings.ts';
import { type AppName, appNames } from '#stack/settings/apps.ts';

interface Holder {
  readonly app: AppName;
  readonly file: KeyringFile;
}

/** Whether every app must hold the same keys of a keyring: what one of them seals or gives, another one opens or takes. */
export function isShared(keyring: string): boolean {
  return sharedKeyrings.some((name) => name === keyring);
}

/**
 * Makes a key once and adds it to the keyring of every app of the development stack. Apps that have it already, from a command
 * that was interrupted, give theirs to the others.
 * @throws StackError for one app alone, whose key no other app would have, and for keyrings that are wrapped, app by app
 */
export function addSharedKey(
  { app, keyring, keyId }: { app: string | undefined; keyring: string; keyId: string },
  fileOf = keyringFile,
): boolean {
  if (app !== undefined || process.env['KEYRING_DIR']) throw refusal(keyring);
  const holders: Holder[] = [];
  try {
    for (const name of appNames) holders.push({ app: name, file: openKeyringFile(fileOf(name, keyring)) });
    addTo(holders, keyring, keyId);
  } finally {
    for (const { file } of holders) file.close();
  }
  process.stdout.write(`${keyId} is there, the same in ${appNames.join(', ')}\n`);
  return true;
}

function addTo(holders: readonly Holder[], keyring: string, keyId: string): void {
  if (holders.some(({ file }) => file.isWrapped)) throw refusal(keyring);
  const missing = holders.filter(({ file }) => !Object.hasOwn(file.keys, keyId));
  if (missing.length === 0) throw new StackError(`every app has a key ${keyId} of ${keyring} already`);
  const known = new Set(holders.flatMap(({ file }) => file.keys[keyId] ?? []));
  if (known.size > 1) throw new StackError(`apps have different keys ${keyId} of ${keyring}: take another id`);
  const key = [...known][0] ?? newKeyText();
  for (const { file } of missing) {
    if (Object.keys(file.keys).length === 0) file.document.current = keyId;
    file.keys[keyId] = key;
    file.save();
  }
}

function refusal(keyring: string): StackError {
  return new StackError(
    `every app must hold the same key of ${keyring}: make it once and give it to each, as docs/deployment/operations.md says`,
  );
}
