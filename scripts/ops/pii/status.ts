import { readCommandLine } from '#ops/command-line.ts';
import { type AppKeys, appsOf, withApp } from '#ops/pii/apps.ts';
import { type Need, needOfMissingKeys, needOfOlderKeys } from '#ops/pii/need.ts';

const usage = 'usage: pnpm ops pii status [--app <app>] [--json]';
const options = { app: { type: 'string' }, json: { type: 'boolean' } } as const;
const keyrings = ['kek', 'blind-index'] as const;

interface KeyringStatus {
  readonly app: string;
  readonly keyring: string;
  readonly current: string;
  /** What each older key is still needed for. */
  readonly older: Readonly<Record<string, Need>>;
  /** Keys that the keyring lacks, and what needs them all the same. */
  readonly missing: Readonly<Record<string, Need>>;
}

/** Prints which keys the apps have, what older ones are still needed for, and which are missing. Gives whether none is either. */
export async function showPiiStatus(args: readonly string[]): Promise<boolean> {
  const { app: asked, json } = readCommandLine(args, { options }, usage).values;
  const found: KeyringStatus[] = [];
  for (const app of appsOf(asked)) {
    const counted = keyrings.filter((keyring) => keyring === 'kek' || app === 'auth' || app === 'profile');
    found.push(...(await withApp(app, (keys) => Promise.all(counted.map((keyring) => statusOf(keys, keyring))))));
  }
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : `${found.flatMap(linesOf).join('\n')}\n`);
  const needs = found.flatMap(({ older, missing }) => [...Object.values(older), ...Object.values(missing)]);
  return needs.every((need) => Object.keys(need).length === 0);
}

async function statusOf(keys: AppKeys, keyring: string): Promise<KeyringStatus> {
  const current = (await keys.keyring(keyring)).current().id;
  const missing = keyring === 'kek' ? await needOfMissingKeys(keys) : {};
  return { app: keys.app, keyring, current, older: await needOfOlderKeys(keys, keyring), missing };
}

function linesOf({ app, keyring, current, older, missing }: KeyringStatus): string[] {
  const line = (key: string, text: string) => `${app.padEnd(8)} ${keyring.padEnd(12)} ${key.padEnd(8)} ${text}`;
  const rest = Object.entries(older).map(([id, need]) => line(id, describeNeed(need)));
  const gone = Object.entries(missing).map(([id, need]) => line(id, describeMissing(need)));
  return [line(current, 'current'), ...rest, ...gone];
}

/** What to tell of a key that the keyring lacks. */
export function describeMissing(need: Need): string {
  return `is not in the keyring, and ${describeNeed(need)}: put it back`;
}

/** Such as `needed by 12 data keys`. */
export function describeNeed(need: Need): string {
  const listed = Object.entries(need).map(([kind, count]) => `${count} ${kind}`);
  return listed.length === 0 ? 'not needed any more' : `needed by ${listed.join(' and ')}`;
}
