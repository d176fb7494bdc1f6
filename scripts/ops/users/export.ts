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
import { writeNewFile } from '#ops/new-file.ts';
import { progressLine } from '#ops/progress-line.ts';
import { StackError } from '#stack/host/stack-error.ts';

const usage = `usage: pnpm ops users export --out <file.jsonl> [--with-hashes] ${installationUsage}`;

/** For as long as the largest bank takes. */
const deadlineMs = 3_600_000;

/**
 * Writes every user as JSON a line, as an import takes them, into a new file that nobody else may read. Whoever is not active is
 * `locked`, which is as much as an import knows. Password hashes only where they are asked for; they need the pepper to be of use. @throws StackError for a file that exists, or is being written
 */
export async function exportToFile(args: readonly string[]): Promise<boolean> {
  const { file, withHashes, installation } = readOptions(args);
  const lines = exportedLines(withHashes, installation);
  try {
    await writeNewFile(file, lines.content());
    process.stdout.write(`${lines.count()} users are in ${file}, for you alone to read\n`);
    return true;
  } catch (error) {
    throw error instanceof DomainError ? new StackError(reasonOf(error)) : error;
  }
}

function exportedLines(withHashes: boolean, installation: Installation) {
  const users = userClient(installation, deadlineMs);
  let count = 0;
  return {
    count: () => count,
    async *content() {
      const progress = progressLine();
      try {
        for await (const exported of users.exportUsers({ runId: uuidv7(), withHashes })) {
          yield `${JSON.stringify(toRecord(exported))}\n`;
          count += 1;
          progress.show(`${count} users`);
        }
      } finally {
        progress.end();
      }
    },
  };
}

function toRecord({ user, email, phone, locale, acceptedTerms, passwordHash }: ExportUsersResponse) {
  const optional = Object.entries({ phone, locale, acceptedTerms, passwordHash }).filter(([, value]) => value !== '');
  return {
    externalId: user?.userId,
    email,
    emailVerified: user?.emailVerified,
    phoneVerified: user?.phoneVerified,
    locked: user?.status !== UserStatus.ACTIVE,
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
