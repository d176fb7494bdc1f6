import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readCommandLine } from '#ops/command-line.ts';
import { type AppKeys, appsOf, withApp } from '#ops/pii/apps.ts';
import { forgetTerms, needOf } from '#ops/pii/need.ts';
import { describeNeed } from '#ops/pii/status.ts';
import { StackError } from '#stack/host/stack-error.ts';

const optionsUsage = '[--keyring <name>] [--app <app>]';
const usages = {
  add: `usage: pnpm ops pii new-key <key id> ${optionsUsage}`,
  use: `usage: pnpm ops pii use-key <key id> ${optionsUsage}`,
  retire: `usage: pnpm ops pii retire-key <key id> ${optionsUsage}`,
} as const;

const commandLine = {
  allowPositionals: true,
  options: { app: { type: 'string' }, keyring: { type: 'string', default: 'kek' } },
} as const;

const keyBytes = 32;
const keyIdForm = /^[A-Za-z0-9_-]{1,32}$/;

interface KeyringDocument {
  current: string;
  keys?: Record<string, string>;
  wrapped?: Record<string, string>;
}

/** Adds a key to a keyring, made by the key management service where that wraps it. Nothing uses it yet. */
export async function addKey(args: readonly string[]): Promise<boolean> {
  return await eachKeyring(args, usages.add, async (keys, keyring, id) => {
    if (!keyIdForm.test(id)) throw new StackError('a key id is 1 to 32 letters, digits, - or _');
    const file = keys.fileOf(keyring);
    const document = readDocument(file);
    const texts = textsOf(document);
    if (Object.hasOwn(texts, id)) throw new StackError(`${keys.app} has a key ${id} already`);
    const isFirst = Object.keys(texts).length === 0;
    texts[id] = await newKey(keys, keyring, id, document.wrapped !== undefined);
    if (isFirst) document.current = id;
    replaceFile(file, document);
    if (isFirst) return `${id} is the first key, and the current one`;
    return `${id} is there; when every process has it, make it current: pnpm ops pii use-key ${id}`;
  });
}

/** Makes a key that is there the one that new things are sealed with. */
export async function useKey(args: readonly string[]): Promise<boolean> {
  return await eachKeyring(args, usages.use, async (keys, keyring, id) => {
    const file = keys.fileOf(keyring);
    const document = readDocument(file);
    if (!Object.hasOwn(textsOf(document), id)) throw new StackError(`${keys.app} has no key ${id}`);
    document.current = id;
    replaceFile(file, document);
    return `${id} is the current key`;
  });
}

/** Takes a key out of a keyring that nothing needs any more. Refuses where something does, and keeps it. */
export async function retireKey(args: readonly string[]): Promise<boolean> {
  return await eachKeyring(args, usages.retire, async (keys, keyring, id) => {
    if (keyring !== 'kek' && keyring !== 'blind-index')
      throw new StackError(`nobody counts what needs a key of ${keyring}`);
    const file = keys.fileOf(keyring);
    const document = readDocument(file);
    if (!Object.hasOwn(textsOf(document), id)) return `${id} is not there`;
    if (document.current === id) throw new StackError(`${keys.app}: ${id} is the current key`);
    const need = await needOf(keys, keyring, id);
    if (Object.keys(need).length > 0) return { refused: `${id} is ${describeNeed(need)}` };
    if (keyring === 'blind-index' && keys.app === 'profile') await forgetTerms(keys, id);
    delete textsOf(document)[id];
    replaceFile(file, document);
    return `${id} is gone`;
  });
}

async function eachKeyring(
  args: readonly string[],
  usage: string,
  work: (keys: AppKeys, keyring: string, id: string) => Promise<string | { readonly refused: string }>,
): Promise<boolean> {
  const { values, positionals } = readCommandLine(args, commandLine, usage);
  const [keyId, ...others] = positionals;
  if (keyId === undefined || others.length > 0) throw new StackError(usage);
  const { app: asked, keyring } = values;
  let allOk = true;
  for (const app of appsOf(asked)) {
    const outcome = await withApp(app, (keys) => work(keys, keyring, keyId));
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
  if (!wrapped) return randomBytes(keyBytes).toString('base64');
  if (keyManagement === undefined) throw new StackError('the keyring is wrapped: set KMS_PROVIDER');
  const made = await keyManagement.generate({ app, keyring, key });
  return Buffer.from(made.wrapped).toString('base64');
}

/** @throws StackError for a file that is not there, or something else */
function readDocument(file: string): KeyringDocument {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeyringDocument;
  } catch {
    throw new StackError(`${file} cannot be read as a keyring`);
  }
}

function textsOf(document: KeyringDocument): Record<string, string> {
  return document.wrapped ?? document.keys ?? {};
}

/** Whole, by renaming over it, for its owner's eyes. */
function replaceFile(file: string, document: KeyringDocument): void {
  const next = `${file}.next`;
  writeFileSync(next, JSON.stringify(document), { mode: statSync(file).mode & 0o777 });
  renameSync(next, file);
}
