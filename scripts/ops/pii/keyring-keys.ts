import { readCommandLine } from '#ops/command-line.ts';
import { type OperatorRun, operatorRun } from '#ops/operator-run.ts';
import { type AppKeys, appsOf, withApp } from '#ops/pii/apps.ts';
import { type KeyringFile, newKeyText, openKeyringFile } from '#ops/pii/keyring-file.ts';
import { forgetTerms, type Need, needOf } from '#ops/pii/need.ts';
import { addSharedKey, isShared } from '#ops/pii/shared-key.ts';
import { describeMissing, describeNeed } from '#ops/pii/status.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { ownKeyrings, sharedKeyrings } from '#stack/secrets/keyrings.ts';

const optionsUsage = '[--keyring <name>] [--app <app>]';
const usages = {
  'new-key': `usage: pnpm ops pii new-key <key id> ${optionsUsage}`,
  'use-key': `usage: pnpm ops pii use-key <key id> ${optionsUsage}`,
  'retire-key': `usage: pnpm ops pii retire-key <key id> ${optionsUsage}`,
} as const;

const commandLine = {
  allowPositionals: true,
  options: { app: { type: 'string' }, keyring: { type: 'string', default: 'kek' } },
} as const;

/** What to print of an app. */
type Outcome = string | { readonly refused: string };

const keyIdForm = /^[A-Za-z0-9_-]{1,32}$/;

/** Adds a key to a keyring, made by the key management service where that wraps it. Nothing uses it yet. */
export async function addKey(args: readonly string[]): Promise<boolean> {
  const command = readCommand(args, 'new-key');
  if (!keyIdForm.test(command.keyId)) throw new StackError('a key id is 1 to 32 letters, digits, - or _');
  if (isShared(command.keyring)) return await addSharedKey(command);
  return await eachKeyring(command, async (keys) => {
    const { keyring, keyId: id } = command;
    return await changing(keys.fileOf(keyring), async (file) => {
      if (Object.hasOwn(file.keys, id)) throw new StackError(`${keys.app} has a key ${id} already`);
      const isFirst = Object.keys(file.keys).length === 0;
      file.keys[id] = await newKey(keys, keyring, id, file.isWrapped);
      if (isFirst) file.document.current = id;
      await tellOf(command, keys);
      file.save();
      if (isFirst) return `${id} is the first key, and the current one`;
      return `${id} is there; when every process has it, make it current: pnpm ops pii use-key ${id}`;
    });
  });
}

/** Makes a key that is there the one that new things are sealed with. */
export async function useKey(args: readonly string[]): Promise<boolean> {
  const command = readCommand(args, 'use-key');
  const { keyring, keyId: id } = command;
  return await eachKeyring(command, (keys) =>
    changing(keys.fileOf(keyring), async (file) => {
      if (!Object.hasOwn(file.keys, id)) throw new StackError(`${keys.app} has no key ${id}`);
      file.document.current = id;
      await tellOf(command, keys);
      file.save();
      return `${id} is the current key`;
    }),
  );
}

/** Takes a key out of a keyring that nothing needs any more. Refuses where something does, and keeps it. */
export async function retireKey(args: readonly string[]): Promise<boolean> {
  const command = readCommand(args, 'retire-key');
  const { keyring, keyId: id } = command;
  return await eachKeyring(command, async (keys) => {
    if (keyring !== 'kek' && keyring !== 'blind-index')
      throw new StackError(`nobody counts what needs a key of ${keyring}`);
    return await changing<Outcome>(keys.fileOf(keyring), async (file) => {
      if (file.document.current === id) throw new StackError(`${keys.app}: ${id} is the current key`);
      const isThere = Object.hasOwn(file.keys, id);
      // Whoever asks again learns of what was wrapped under it after it had been counted.
      if (!isThere && keyring !== 'kek') return `${id} is not there`;
      const need = await needOf(keys, keyring, id);
      if (!isThere) return isNeeded(need) ? { refused: `${id} ${describeMissing(need)}` } : `${id} is not there`;
      if (isNeeded(need)) return { refused: `${id} is ${describeNeed(need)}` };
      await tellOf(command, keys);
      if (keyring === 'blind-index' && keys.app === 'profile') await forgetTerms(keys, id);
      delete file.keys[id];
      file.save();
      return `${id} is gone`;
    });
  });
}

function isNeeded(need: Need): boolean {
  return Object.keys(need).length > 0;
}

/** Before it is done: a key that the ledger cannot be told of is neither made, nor used, nor taken away. */
async function tellOf({ run, keyring, keyId }: KeyCommand, keys: AppKeys): Promise<void> {
  await keys.tell(run, { keyring, key: keyId });
}

async function changing<T>(file: string, work: (file: KeyringFile) => Promise<T>): Promise<T> {
  const opened = openKeyringFile(file);
  try {
    return await work(opened);
  } finally {
    opened.close();
  }
}

interface KeyCommand {
  readonly app: string | undefined;
  readonly keyring: string;
  readonly keyId: string;
  readonly run: OperatorRun;
}

function readCommand(args: readonly string[], name: keyof typeof usages): KeyCommand {
  const usage = usages[name];
  const { values, positionals } = readCommandLine(args, commandLine, usage);
  const [keyId, ...others] = positionals;
  if (keyId === undefined || others.length > 0) throw new StackError(usage);
  const { app, keyring } = values;
  const names: readonly string[] = [...ownKeyrings, ...sharedKeyrings];
  if (!names.includes(keyring)) throw new StackError(`there is no keyring "${keyring}": ${names.join(', ')}`);
  return { app, keyring, keyId, run: operatorRun(`pii ${name}`) };
}

async function eachKeyring({ app: asked }: KeyCommand, work: (keys: AppKeys) => Promise<Outcome>): Promise<boolean> {
  let allOk = true;
  for (const app of appsOf(asked)) {
    const outcome = await withApp(app, work);
    const refused = typeof outcome !== 'string';
    allOk &&= !refused;
    process.stdout.write(`${app}: ${refused ? outcome.refused : outcome}\n`);
  }
  return allOk;
}

async function newKey(
  { app, keyManagement }: AppKeys,
  keyring: string,
  key: string,
  wrapped: boolean,
): Promise<string> {
  if (!wrapped) return newKeyText();
  if (keyManagement === undefined) throw new StackError('the keyring is wrapped: set KMS_PROVIDER');
  const made = await keyManagement.generate({ app, keyring, key });
  return Buffer.from(made.wrapped).toString('base64');
}
