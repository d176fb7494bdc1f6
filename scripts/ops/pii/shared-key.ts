import type { OperatorRun } from '#ops/operator-run.ts';
import { keyringFile, withApp } from '#ops/pii/apps.ts';
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

interface SharedKey {
  readonly app: string | undefined;
  readonly keyring: string;
  readonly keyId: string;
  readonly run: OperatorRun;
}

/** The development stack, unless a test has another one. */
const stack = {
  fileOf: keyringFile,
  /** Tells the ledger of a key that an app is about to get. */
  tell: (app: AppName, { run, keyring, keyId }: SharedKey) =>
    withApp(app, (keys) => keys.tell(run, { keyring, key: keyId })),
};

/**
 * Makes a key once and adds it to the keyring of every app of the development stack. Apps that have it already, from a command
 * that was interrupted, give theirs to the others.
 * @throws StackError for one app alone, whose key no other app would have, and for keyrings that are wrapped, app by app
 */
export async function addSharedKey(key: SharedKey, { fileOf, tell } = stack): Promise<boolean> {
  const { app, keyring, keyId } = key;
  if (app !== undefined || process.env['KEYRING_DIR']) throw refusal(keyring);
  const holders: Holder[] = [];
  try {
    for (const name of appNames) holders.push({ app: name, file: openKeyringFile(fileOf(name, keyring)) });
    const missing = holdersWithout(holders, keyring, keyId);
    for (const { app: name } of missing) await tell(name, key);
    addTo(missing, keyId, keyOf(holders, keyId));
  } finally {
    for (const { file } of holders) file.close();
  }
  process.stdout.write(`${keyId} is there, the same in ${appNames.join(', ')}\n`);
  return true;
}

function holdersWithout(holders: readonly Holder[], keyring: string, keyId: string): readonly Holder[] {
  if (holders.some(({ file }) => file.isWrapped)) throw refusal(keyring);
  const missing = holders.filter(({ file }) => !Object.hasOwn(file.keys, keyId));
  if (missing.length === 0) throw new StackError(`every app has a key ${keyId} of ${keyring} already`);
  const known = new Set(holders.flatMap(({ file }) => file.keys[keyId] ?? []));
  if (known.size > 1) throw new StackError(`apps have different keys ${keyId} of ${keyring}: take another id`);
  return missing;
}

/** That of the apps which have it already, else a new one. */
function keyOf(holders: readonly Holder[], keyId: string): string {
  return holders.map(({ file }) => file.keys[keyId]).find((key) => key !== undefined) ?? newKeyText();
}

function addTo(missing: readonly Holder[], keyId: string, key: string): void {
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
