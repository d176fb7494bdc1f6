import { accessSync, constants, statSync } from 'node:fs';
import { Secret } from '@bank/domain';
import { CronPattern } from 'croner';
import ipaddr from 'ipaddr.js';
import * as v from 'valibot';

/** A TCP port. Zero takes a free one, which tests want. */
export const envPort = envInteger(0, 65_535);

/** A whole number within bounds. */
export function envInteger(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.string(message),
    v.regex(/^\d{1,12}$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

/** A cron pattern of five or six fields. */
export const envSchedule = v.pipe(
  v.string(),
  v.check((pattern) => isSchedule(pattern), 'must be a cron pattern such as "17 * * * *"'),
);

function isSchedule(pattern: string): boolean {
  try {
    return new CronPattern(pattern) !== undefined;
  } catch {
    return false;
  }
}

/** Words separated by commas; empty for none. */
export const envList = v.pipe(v.string(), v.transform(splitList));

/** Networks in CIDR notation, or single addresses, separated by commas. */
export const envNetworks = v.pipe(
  v.string(),
  v.transform(splitList),
  v.check((networks) => networks.every(isNetwork), 'must be networks such as 10.0.0.0/8, separated by commas'),
);

/** Origins (`https://app.bank.example`) separated by commas. */
export const envOrigins = v.pipe(
  v.string(),
  v.transform(splitList),
  v.check(
    (origins) => origins.every(isOrigin),
    'must be origins such as https://app.bank.example, separated by commas',
  ),
);

/** A URL with one of the schemes, without credentials. */
export function envUrl(...schemes: readonly string[]) {
  const message = `must be a URL starting with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return v.pipe(
    v.string(message),
    v.check((value) => hasScheme(value, schemes), message),
    v.check((value) => !hasCredentials(value), 'must not contain credentials'),
  );
}

/** A URL that may contain a password, kept as a `Secret`. */
export function envSecretUrl(...schemes: readonly string[]) {
  const message = `must be a URL starting with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return v.pipe(
    v.string(message),
    v.check((value) => hasScheme(value, schemes), message),
    v.transform((value) => new Secret(value)),
  );
}

/** Text that nobody may see. */
export const envSecret = v.pipe(
  v.string('must be text'),
  v.transform((value) => new Secret(value)),
);

/** The address of an app's private port. There is no way to call it without mutual TLS. */
export const envRpcUrl = envUrl('https');

export const envFile = v.pipe(
  v.string('must name a file'),
  v.check(isReadableFile, 'must name a file that can be read'),
);

export const envDirectory = v.pipe(
  v.string('must name a folder'),
  v.check(isReadableDirectory, 'must name a folder that can be read'),
);

function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isNetwork(notation: string): boolean {
  return ipaddr.isValidCIDR(notation) || ipaddr.isValid(notation);
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

function hasScheme(value: string, schemes: readonly string[]): boolean {
  return URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1));
}

function hasCredentials(value: string): boolean {
  const url = URL.parse(value);
  return url !== null && (url.username !== '' || url.password !== '');
}

function isReadableFile(path: string): boolean {
  return isReadable(path) && statSync(path).isFile();
}

function isReadableDirectory(path: string): boolean {
  return isReadable(path) && statSync(path).isDirectory();
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
