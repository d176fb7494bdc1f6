import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { DomainError } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { StackError } from '#stack/host/stack-error.ts';
import { readAddresses } from '#stack/settings/addresses.ts';
import { spiffeId } from '#stack/settings/apps.ts';
import { defaultStackFolder } from '#stack/settings/repository.ts';

/** Without options it is the development stack; otherwise all four say which installation. */
const usage =
  'usage: pnpm ops admin create --email <address> [--auth-url <https://host:port> --ca <pem> --cert <pem> --key <pem>]';

/** For a person at a terminal, who may have to wait for an app that is busy. */
const deadlineMs = 10_000;

type Installation = Pick<RpcClientOptions<typeof UserService>, 'baseUrl' | 'tls'>;

/**
 * Prints the link by which the first or the second administrator activates himself. Gives whether there is one: with two
 * administrators, or for the address of a user, there is none. @throws StackError for options that do not fit together
 */
export async function createAdmin(args: readonly string[]): Promise<boolean> {
  const { email, ...installation } = readOptions(args);
  const users = createRpcClient(UserService, { ...installation, serverUri: spiffeId('auth'), deadlineMs });
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

function reasonOf({ code, publicMessage }: DomainError): string {
  const isAway = code === 'service.unavailable' || code === 'service.deadline';
  return isAway ? 'auth does not answer, or does not know this certificate: is it running?' : publicMessage;
}

function readOptions(args: readonly string[]): Installation & { email: string } {
  const { email, ca, cert, key, 'auth-url': baseUrl } = parse(args);
  if (email === undefined) throw new StackError(usage);
  const given = [baseUrl, ca, cert, key].filter((option) => option !== undefined);
  if (given.length === 0) return { email, ...developmentStack() };
  if (baseUrl === undefined || ca === undefined || cert === undefined || key === undefined) throw new StackError(usage);
  if (!URL.canParse(baseUrl) || new URL(baseUrl).protocol !== 'https:') {
    throw new StackError('--auth-url must be https://host:port, the RPC port of auth');
  }
  return { email, baseUrl, tls: { caFile: ca, certFile: cert, keyFile: key } };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = { email: text, 'auth-url': text, ca: text, cert: text, key: text };
    return parseArgs({ args: [...args], options }).values;
  } catch {
    throw new StackError(usage);
  }
}

function developmentStack(): Installation {
  const addresses = readAddresses(defaultStackFolder);
  if (addresses === undefined) throw new StackError('the stack does not run: npm start, or say where auth is');
  const { ca } = addresses.tls;
  const own = (ending: string) => join(dirname(ca), `ops.${ending}`);
  return { baseUrl: addresses.apps.auth.rpc, tls: { caFile: ca, certFile: own('pem'), keyFile: own('key') } };
}
