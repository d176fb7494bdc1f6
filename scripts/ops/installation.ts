import { dirname, join } from 'node:path';
import type { DomainError } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { DataRightsService } from '@bank/proto/data-rights';
import { UserService } from '@bank/proto/user';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { StackError } from '#stack/host/stack-error.ts';
import { readAddresses } from '#stack/settings/addresses.ts';
import { type AppName, appNames, eachApp, spiffeId } from '#stack/settings/apps.ts';
import { defaultStackFolder } from '#stack/settings/repository.ts';

/** Where an app is, and the certificate that an operator shows there. */
export type Installation = Pick<RpcClientOptions, 'baseUrl' | 'tls'>;

const text = { type: 'string' } as const;

/** Without them it is the development stack; otherwise all four say which installation. */
export const installationOptions = { 'auth-url': text, ca: text, cert: text, key: text };
export const installationUsage = '[--auth-url <https://host:port> --ca <pem> --cert <pem> --key <pem>]';

/** The same for commands that call every app: an address for each. */
export const everyAppOptions = {
  ...{ 'auth-url': text, 'profile-url': text, 'mfa-url': text, 'device-url': text, 'admin-url': text },
  ...{ ca: text, cert: text, key: text },
};
export const everyAppUsage = `[${appNames.map((app) => `--${app}-url <https://host:port>`).join(' ')} --ca <pem> --cert <pem> --key <pem>]`;

type Given = Readonly<Partial<Record<keyof typeof installationOptions, string | undefined>>>;

type GivenOfEveryApp = Readonly<Partial<Record<keyof typeof everyAppOptions, string | undefined>>>;

/** The installation that a command line names. @throws StackError for options that do not fit together */
export function installationOf({ 'auth-url': url, ...certificate }: Given, usage: string): Installation {
  return appInstallation('auth', url, certificate, usage);
}

/** That of every app. @throws StackError for options that do not fit together */
export function installationsOf(given: GivenOfEveryApp, usage: string): Readonly<Record<AppName, Installation>> {
  return eachApp((app) => appInstallation(app, given[`${app}-url`], given, usage));
}

function appInstallation(
  app: AppName,
  baseUrl: string | undefined,
  { ca, cert, key }: Omit<Given, 'auth-url'>,
  usage: string,
): Installation {
  const given = [baseUrl, ca, cert, key].filter((option) => option !== undefined);
  if (given.length === 0) return developmentStack(app);
  if (baseUrl === undefined || ca === undefined || cert === undefined || key === undefined) throw new StackError(usage);
  if (!URL.canParse(baseUrl) || new URL(baseUrl).protocol !== 'https:') {
    throw new StackError(`--${app}-url must be https://host:port, the RPC port of ${app}`);
  }
  return { baseUrl, tls: { caFile: ca, certFile: cert, keyFile: key } };
}

/** The client of auth that commands about users call. */
export function userClient(installation: Installation, deadlineMs: number) {
  return createRpcClient(UserService, { ...installation, serverUri: spiffeId('auth'), deadlineMs });
}

/** The client of auth that commands about tokens call. */
export function tokenClient(installation: Installation, deadlineMs: number) {
  return createRpcClient(AuthService, { ...installation, serverUri: spiffeId('auth'), deadlineMs });
}

/** The client of an app by which commands erase. */
export function dataRightsClient(app: AppName, installation: Installation, deadlineMs: number) {
  return createRpcClient(DataRightsService, { ...installation, serverUri: spiffeId(app), deadlineMs });
}

/** What to tell an operator of a failed call. */
export function reasonOf({ code, publicMessage }: DomainError, app: AppName = 'auth'): string {
  const isAway = code === 'service.unavailable' || code === 'service.deadline';
  return isAway ? `${app} does not answer, or does not know this certificate: is it running?` : publicMessage;
}

function developmentStack(app: AppName): Installation {
  const addresses = readAddresses(defaultStackFolder);
  if (addresses === undefined) throw new StackError('the stack does not run: npm start, or say where its apps are');
  const { ca } = addresses.tls;
  const own = (ending: string) => join(dirname(ca), `ops.${ending}`);
  return { baseUrl: addresses.apps[app].rpc, tls: { caFile: ca, certFile: own('pem'), keyFile: own('key') } };
}
