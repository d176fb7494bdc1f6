import { once } from 'node:events';
import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { DomainError, uuidv7 } from '@bank/domain';
import { type ExportUsersResponse, UserStatus } from '@bank/proto/user';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { readCommandLine } from '#ops/command-line.ts';
import {
  type Installation,
  installationOf,
  installationOptions,
  installationUsage,
  reasonOf,
  userClient,
} from '#ops/installation.ts';
import { progressLine } from '#ops/progress-line.ts';
import { StackError } from '#stack/host/stack-error.ts';

const usage = `usage: pnpm ops users export --out <file.jsonl> [--with-hashes] ${installationUsage}`;

/** For as long as the largest bank takes. */
const deadlineMs = 3_600_000;

/**
 * Writes every user as JSON a line, as an import takes them, into a new file that nobody else may read. Password hashes only
 * where they are asked for; they need the pepper to be of use. @throws StackError for a file that exists
 */
export async function exportToFile(args: readonly string[]): Promise<boolean> {
  const { file, withHashes, installation } = readOptions(args);
  if (existsSync(file)) throw new StackError(`${file} exists: an export overwrites nothing`);
  try {
    const count = await write(file, withHashes, installation);
    process.stdout.write(`${count} users are in ${file}, for you alone to read\n`);
    return true;
  } catch (error) {
    rmSync(file, { force: true });
    throw error instanceof DomainError ? new StackError(reasonOf(error)) : error;
  }
}

async function write(file: string, withHashes: boolean, installation: Installation): Promise<number> {
  const users = userClient(installation, deadlineMs);
  const output = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const progress = progressLine();
  let count = 0;
  for await (const exported of users.exportUsers({ runId: uuidv7(), withHashes })) {
    if (!output.write(`${JSON.stringify(toRecord(exported))}\n`)) await once(output, 'drain');
    count += 1;
    progress.show(`${count} users`);
  }
  output.end();
  await finished(output);
  progress.end();
  return count;
}

const statusNames: Readonly<Record<UserStatus, string>> = {
  [UserStatus.UNSPECIFIED]: '',
  [UserStatus.ACTIVE]: 'active',
  [UserStatus.LOCKED]: 'locked',
  [UserStatus.SUSPENDED]: 'suspended',
  [UserStatus.CLOSED]: 'closed',
  [UserStatus.ERASED]: 'erased',
};

function toRecord({ user, email, phone, locale, acceptedTerms, passwordHash }: ExportUsersResponse) {
  const optional = Object.entries({ phone, locale, acceptedTerms, passwordHash }).filter(([, value]) => value !== '');
  return {
    externalId: user?.userId,
    email,
    emailVerified: user?.emailVerified,
    phoneVerified: user?.phoneVerified,
    status: user && statusNames[user.status],
    roles: user?.roles,
    createdAt: user?.createdAt && timestampDate(user.createdAt).toISOString(),
    ...Object.fromEntries(optional),
  };
}

const options = { out: { type: 'string' }, 'with-hashes': { type: 'boolean' }, ...installationOptions } as const;

function readOptions(args: readonly string[]) {
  const { values } = readCommandLine(args, { options }, usage);
  const { out: file, 'with-hashes': withHashes = false, ...installation } = values;
  if (file === undefined) throw new StackError(usage);
  return { file, withHashes, installation: installationOf(installation, usage) };
}
