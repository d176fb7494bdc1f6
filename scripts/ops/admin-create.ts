import { DomainError } from '@bank/domain';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { readCommandLine } from '#ops/command-line.ts';
import { installationOf, installationOptions, installationUsage, reasonOf, userClient } from '#ops/installation.ts';
import { StackError } from '#stack/host/stack-error.ts';

const usage = `usage: pnpm ops admin create --email <address> ${installationUsage}`;

/** For a person at a terminal, who may have to wait for an app that is busy. */
const deadlineMs = 10_000;

/**
 * Prints the link by which the first or the second administrator becomes active. Gives whether there is one: with two
 * administrators, or for the address of a user, there is none. @throws StackError for options that do not fit together
 */
export async function createAdmin(args: readonly string[]): Promise<boolean> {
  const { email, installation } = readOptions(args);
  const users = userClient(installation, deadlineMs);
  try {
    const { activationUrl, expiresAt } = await users.createFirstAdmin({ email });
    const until = expiresAt === undefined ? '' : ` until ${timestampDate(expiresAt).toISOString()}`;
    process.stdout.write(`${activationUrl}\n\nFor ${email} alone. It works once,${until}.\n`);
    return true;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.kind === 'conflict') {
      process.stderr.write(`error: ${error.publicMessage}\n`);
      return false;
    }
    throw new StackError(error.code === 'request.invalid' ? `${email} is no email address` : reasonOf(error));
  }
}

function readOptions(args: readonly string[]) {
  const options = { email: { type: 'string' }, ...installationOptions } as const;
  const { email, ...installation } = readCommandLine(args, { options }, usage).values;
  if (email === undefined) throw new StackError(usage);
  return { email, installation: installationOf(installation, usage) };
}
