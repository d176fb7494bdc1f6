import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { appNames, spiffeId } from '@bank/scripts/stack';
import { testCertificates } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { GatewayClient } from '#client.ts';
import { Everywhere } from '../../support/everywhere.ts';
import { Load, paced } from '../../support/load.ts';
import { staffMember } from '../../support/people.ts';
import { it } from './stack.ts';

// What is mounted changes under ten processes that go on being asked: nobody restarts, nobody is told.

/** Files are looked at every two seconds, and a busy process is late. */
const noticedMs = 3000;
/** A member of staff views 120 users a minute and no more. */
const viewEveryMs = 550;
const inTime = { timeout: 240_000 };

let somebody: Everywhere;
let staffToken: string;

async function peopleJoin(): Promise<void> {
  const { addresses } = it.stack;
  const place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
  somebody = await Everywhere.join(it.stack);
  staffToken = (await staffMember(it.stack, place, 'support')).token;
}

/** As a secret is exchanged under who reads it: whole, or not at all. */
function exchange(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const environmentOf = (app: (typeof appNames)[number]) => it.stack.environments[app];
const fileOf = (app: (typeof appNames)[number], variable: string) => environmentOf(app)[variable] ?? '';

/** Sign-ins (auth asks mfa and device), a read of each app's own, and staff who read across apps. */
async function underLoad(change: () => Promise<void>): Promise<Map<string, number>> {
  const doors = await somebody.signIn();
  const staff = new GatewayClient(it.stack.addresses.staff);
  const load = new Load([
    ...doors.map(({ client, path, token, headers, process }) => async () => {
      const { status } = await client.send('GET', path, { token, headers });
      return status === 200 ? 'good' : `${process} ${status}`;
    }),
    async () => {
      await somebody.signInAndOut();
      return 'good';
    },
    paced(viewEveryMs, async () => {
      const { status } = await staff.send('GET', `/v1/admin/users/${somebody.userId}`, { token: staffToken });
      return status === 200 ? 'good' : `staff ${status}`;
    }),
  ]);
  await change();
  await load.stop();
  return load.answers;
}

function reloads(pattern: RegExp): number {
  const logs = it.stack.logFiles().map((file) => readFileSync(file, 'utf8'));
  return logs.reduce((count, log) => count + (log.match(pattern)?.length ?? 0), 0);
}

describe('SR-68 SR-84 what is mounted is taken up under load, and costs no answer', () => {
  beforeAll(peopleJoin, 120_000);

  test('certificates: another authority beside the old, leaves of the new, the old one gone', inTime, async () => {
    const fresh = await testCertificates();
    const old = readFileSync(fileOf('auth', 'TLS_CA_FILE'), 'utf8');
    const answers = await underLoad(async () => {
      exchange(fileOf('auth', 'TLS_CA_FILE'), `${old}\n${fresh.ca}`);
      await pause(noticedMs);
      for (const app of appNames) {
        const leaf = await fresh.issue({ name: app, uris: [spiffeId(app)] });
        exchange(fileOf(app, 'TLS_KEY_FILE'), leaf.key);
        exchange(fileOf(app, 'TLS_CERT_FILE'), leaf.cert);
      }
      await pause(noticedMs);
      exchange(fileOf('auth', 'TLS_CA_FILE'), fresh.ca);
      await pause(noticedMs);
    });
    expect([...answers.keys()]).toEqual(['good']);
    expect(reloads(/certificate reloaded/g)).toBeGreaterThanOrEqual(2 * 2 * appNames.length);
  });

  test('keyrings: a key is added everywhere, and then made the current one', inTime, async () => {
    const keys = new Map<string, string>();
    const rings = appNames.flatMap((app) => {
      const folder = fileOf(app, 'KEYRING_DIR');
      return readdirSync(folder).map((name) => ({ name, app, file: join(folder, name) }));
    });
    const change = (edit: (ring: Ring, key: string) => Ring) => {
      for (const { name, app, file } of rings) {
        // What auth opens for the others is one key for all of them.
        const owner = name === 'delivery.json' ? name : `${app} ${name}`;
        const key = keys.get(owner) ?? newKey();
        keys.set(owner, key);
        exchange(file, JSON.stringify(edit(JSON.parse(readFileSync(file, 'utf8')), key)));
      }
    };
    const answers = await underLoad(async () => {
      change(({ current, keys: live }, key) => ({ current, keys: { ...live, k2: key } }));
      await pause(noticedMs);
      change(({ keys: live }) => ({ current: 'k2', keys: live }));
      await pause(noticedMs);
    });
    expect([...answers.keys()]).toEqual(['good']);
    // Every app opens four of its own at least.
    expect(reloads(/keyring read again/g)).toBeGreaterThanOrEqual(2 * 2 * 4 * appNames.length);
  });

  test('the table of callers; one that cannot be read changes nothing', inTime, async () => {
    const tables = appNames.map((app) => fileOf(app, 'RPC_CALLERS_FILE'));
    const answers = await underLoad(async () => {
      for (const file of tables) {
        const table = JSON.parse(readFileSync(file, 'utf8'));
        exchange(file, JSON.stringify({ ...table, 'spiffe://bank/app/later': { name: 'later', methods: [] } }));
      }
      await pause(noticedMs);
      const good = tables.map((file) => readFileSync(file, 'utf8'));
      for (const file of tables) exchange(file, '{ "spiffe://bank/app/auth": ');
      await pause(noticedMs);
      for (const [place, file] of tables.entries()) exchange(file, good[place] ?? '');
      await pause(noticedMs);
    });
    expect([...answers.keys()]).toEqual(['good']);
    expect(reloads(/caller table reloaded/g)).toBeGreaterThanOrEqual(2 * 2 * appNames.length);
    expect(reloads(/caller table cannot be read/g)).toBeGreaterThanOrEqual(2 * appNames.length);
  });
});

interface Ring {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

function newKey(): string {
  const marker = Buffer.from('development-only:');
  return Buffer.concat([marker, randomBytes(32 - marker.length)]).toString('base64');
}
