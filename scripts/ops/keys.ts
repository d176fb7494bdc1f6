import { DomainError } from '@bank/domain';
import { type SigningKey, SigningKeyState } from '@bank/proto/auth';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { readCommandLine } from '#ops/command-line.ts';
import { installationOf, installationOptions, installationUsage, reasonOf, tokenClient } from '#ops/installation.ts';
import { StackError } from '#stack/host/stack-error.ts';

const usages = {
  list: `usage: pnpm ops keys list [--json] ${installationUsage}`,
  rotate: `usage: pnpm ops keys rotate [--lead <seconds>] ${installationUsage}`,
  revoke: `usage: pnpm ops keys revoke <key id> ${installationUsage}`,
} as const;

/** For a person at a terminal, who may have to wait for an app that is busy. */
const deadlineMs = 10_000;

type Client = ReturnType<typeof tokenClient>;

/** Prints the keys that tokens are verified with. */
export async function listKeys(args: readonly string[]): Promise<boolean> {
  const options = { json: { type: 'boolean' }, ...installationOptions } as const;
  const { json, ...given } = readCommandLine(args, { options }, usages.list).values;
  const installation = installationOf(given, usages.list);
  const { keys } = await calling(installation, (auth) => auth.listSigningKeys({}));
  print(json ? [JSON.stringify(keys.map(toRecord), null, 2)] : keys.map(describe));
  return true;
}

/** Publishes the next key, or brings the one that waits forward, and prints from when on it signs. */
export async function rotateKey(args: readonly string[]): Promise<boolean> {
  const options = { lead: { type: 'string' }, ...installationOptions } as const;
  const { lead, ...given } = readCommandLine(args, { options }, usages.rotate).values;
  const leadSeconds = lead === undefined ? 0 : Number(lead);
  if (!Number.isInteger(leadSeconds) || (lead !== undefined && leadSeconds < 1)) throw new StackError(usages.rotate);
  const installation = installationOf(given, usages.rotate);
  const { next } = await calling(installation, (auth) => auth.rotateSigningKey({ leadSeconds }));
  print(next === undefined ? [] : [describe(next)]);
  return true;
}

/** Forgets a key that has leaked, so that nothing it has signed is taken any more, and prints the one that signs now. */
export async function revokeKey(args: readonly string[]): Promise<boolean> {
  const config = { allowPositionals: true, options: installationOptions } as const;
  const { values, positionals } = readCommandLine(args, config, usages.revoke);
  const [keyId, ...others] = positionals;
  if (keyId === undefined || others.length > 0) throw new StackError(usages.revoke);
  const installation = installationOf(values, usages.revoke);
  const { signing } = await calling(installation, (auth) => auth.revokeSigningKey({ keyId }));
  const refused = `${keyId} is revoked: every process refuses what it has signed within a second. Sessions go on.`;
  print([refused, ...(signing === undefined ? [] : [describe(signing)])]);
  return true;
}

async function calling<T>(
  installation: ReturnType<typeof installationOf>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  try {
    return await work(tokenClient(installation, deadlineMs));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.code === 'auth.key.not_found') throw new StackError('there is no such key: pnpm ops keys list');
    if (error.code === 'auth.key.too_many') throw new StackError(error.publicMessage);
    if (error.code === 'request.invalid') throw new StackError('a key id as listed; a lead of 15 seconds to 30 days');
    throw new StackError(reasonOf(error));
  }
}

const stateNames: Readonly<Record<SigningKeyState, string>> = {
  [SigningKeyState.UNSPECIFIED]: '',
  [SigningKeyState.NEXT]: 'next',
  [SigningKeyState.SIGNING]: 'signing',
  [SigningKeyState.RETIRING]: 'retiring',
};

function toRecord({ keyId, algorithm, state, createdAt, signsFrom, publicUntil }: SigningKey) {
  const time = (name: string, at: typeof createdAt) =>
    at === undefined ? {} : { [name]: timestampDate(at).toISOString() };
  return {
    keyId,
    algorithm,
    state: stateNames[state],
    ...time('createdAt', createdAt),
    ...time('signsFrom', signsFrom),
    ...time('publicUntil', publicUntil),
  };
}

function describe(key: SigningKey): string {
  const { keyId, algorithm, state, signsFrom, publicUntil } = toRecord(key) as Record<string, string | undefined>;
  const until = publicUntil === undefined ? '' : `, public until ${publicUntil}`;
  return `${keyId}  ${algorithm}  ${state}, signs from ${signsFrom}${until}`;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
