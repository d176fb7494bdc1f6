import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import {
  connectDatabase,
  createMigrator,
  createPiiVault,
  createTokenIndex,
  type Database,
  platformTablesV1,
  provisionStatements,
  SqlMigration,
  tokenIndexTableSql,
} from '@bank/database';
import { Secret, systemIds } from '@bank/domain';
import { staticKeyring } from '@bank/security';
import { type TestDatabase, temporaryFolder, testDatabase, until } from '@bank/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addKey, retireKey, useKey } from '#ops/pii/keyring-keys.ts';
import { rotatePii } from '#ops/pii/rotate.ts';
import { showPiiStatus } from '#ops/pii/status.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

const users = 3000;
const folder = temporaryFolder('ops-pii');
const kekFile = join(folder, 'kek.json');
const password = 'test';

/** The tables that the commands look at, as profile's migrations make them. */
class Tables extends SqlMigration {
  override statements(): readonly string[] {
    return [
      ...platformTablesV1('profile'),
      ...tokenIndexTableSql('profile', 'search_tokens'),
      `create table profile.profiles (user_id uuid constraint profiles_pkey primary key, version bigint not null,
        search_version bigint, search_scheme text)`,
    ];
  }
}

let database: TestDatabase;
let app: Database;
let sealed: { userId: string; bytes: Buffer };

beforeAll(async () => {
  for (const name of ['kek', 'blind-index']) {
    const keys = { k1: randomBytes(32).toString('base64') };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify({ current: 'k1', keys }), { mode: 0o600 });
  }
  database = await testDatabase({ name: 'ops_pii', provision });
  const variables = database.variablesFor('profile_app', password);
  for (const [name, value] of Object.entries({ ...variables, NODE_ENV: 'test', KEYRING_DIR: folder })) {
    vi.stubEnv(name, value);
  }
  app = await connectDatabase({
    ...{
      url: new Secret(variables['DATABASE_URL'] ?? ''),
      schema: 'profile',
      entities: [],
      poolMax: 2,
      service: 'test',
    },
  });
  const ids = Array.from({ length: users }, () => systemIds.next());
  for (let from = 0; from < users; from += 1000) {
    await vaultOf().createKeysOfNew(app.fork(), ids.slice(from, from + 1000));
  }
  const userId = ids[0] ?? '';
  sealed = { userId, bytes: await vaultOf().seal(app.fork(), placeOf(userId), { first: 'Ada' }) };
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await app?.close();
  await database?.drop();
});

async function provision(adminUrl: string, name: string): Promise<void> {
  const secret = new Secret(password);
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  const schemas = { profile: { owner: secret, app: secret } };
  for (const statement of provisionStatements({ database: name, schemas })) await admin.query(statement);
  await admin.end();
  const ownerUrl = Object.assign(new URL(adminUrl), { username: 'profile_owner', password }).href;
  const migrations = [{ name: '202601010000-tables', class: Tables }];
  const migrator = await createMigrator({
    ownerUrl: new Secret(ownerUrl),
    schema: 'profile',
    entities: [],
    migrations,
  });
  await migrator.up();
  await migrator.close();
}

function documentOf(file: string): { current: string; keys: Record<string, string> } {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A process with the keys that are in the file now, which remembers nothing. */
function vaultOf() {
  const { keys, current } = documentOf(kekFile);
  const bytes = Object.fromEntries(Object.entries(keys).map(([id, text]) => [id, Buffer.from(text, 'base64')]));
  return createPiiVault({ schema: 'profile', keyring: staticKeyring('kek', bytes, current) });
}

const placeOf = (userId: string) => ({ userId, table: 'profiles', group: 'identity', keyClass: 'retained' }) as const;

/** A command as it is, in this process: whether all is well, and what it printed. */
async function run(command: (args: readonly string[]) => Promise<boolean>, ...args: readonly string[]) {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    const isWell = await command([...args, '--app', 'profile']);
    return { isWell, text: printed.mock.calls.join('') };
  } finally {
    printed.mockRestore();
  }
}

async function keysUnder(kekId: string): Promise<number> {
  const sql = 'select count(*)::int as count from profile.data_keys where kek_id = $1';
  return (await database.query<{ count: number }>(sql, [kekId]))[0]?.count ?? 0;
}

/** Begins a rotation and kills it when it has done a part, which a lock keeps it from going beyond. */
async function killRotationMidway(): Promise<void> {
  const blocker = new pg.Client(database.adminUrl);
  await blocker.connect();
  const rotate = ['scripts/ops.ts', 'pii', 'rotate', '--app', 'profile'];
  const running = spawn(process.execPath, rotate, { cwd: repositoryFolder, stdio: 'ignore' });
  const ended = once(running, 'exit');
  await until(async () => (await keysUnder('k2')) > 0, { everyMs: 2, deadlineMs: 30_000 });
  await blocker.query('begin');
  await blocker.query('lock table profile.data_keys in share mode');
  running.kill('SIGKILL');
  await ended;
  await blocker.end();
}

/** What the ledger was told since it was last asked: the details of each entry, in their order. */
async function told(): Promise<object[]> {
  const sql = `with told as (delete from profile.outbox where destination = 'audit' returning id, data)
    select data from told order by id`;
  const rows = await database.query<{ data: { action: string; source: string; actor: object; details: object } }>(sql);
  for (const { data } of rows) {
    expect(data).toMatchObject({
      action: 'operator.command_run',
      source: 'ops',
      actor: { kind: 'ACTOR_KIND_SYSTEM', id: 'ops' },
    });
  }
  return rows.map(({ data }) => data.details);
}

const from = { account: userInfo().username, host: hostname() };

describe('SR-84 pnpm ops pii', () => {
  it('keeps a key that something is wrapped under, whatever is asked', async () => {
    expect(await run(addKey, 'k2')).toMatchObject({ isWell: true, text: expect.stringContaining('k2 is there') });
    await expect(run(addKey, 'k2')).rejects.toThrow('profile has a key k2 already');
    await expect(run(retireKey, 'k1')).rejects.toThrow('profile: k1 is the current key');
    await expect(run(useKey, 'k3')).rejects.toThrow('profile has no key k3');
    expect(await run(useKey, 'k2')).toMatchObject({ isWell: true });
    const refused = { isWell: false, text: `profile: k1 is needed by ${users * 2} data keys\n` };
    expect(await run(retireKey, 'k1')).toEqual(refused);
    expect(Object.keys(documentOf(kekFile).keys)).toEqual(['k1', 'k2']);
    const status = await run(showPiiStatus);
    expect(status).toMatchObject({ isWell: false, text: expect.stringMatching(/kek +k2 +current\n.*k1 +needed by/) });
  });

  it('SR-86 told the ledger of every key that it added or made current, who did it and from where, and of nothing else', async () => {
    const of = { app: 'profile', keyring: 'kek', key: 'k2', ...from };
    expect(await told()).toEqual([
      { command: 'pii new-key', ...of },
      { command: 'pii use-key', ...of },
    ]);
  });

  it('SR-86 changes no key that it cannot tell of', async () => {
    await database.query('revoke execute on function profile.append_outbox(text, text, text, jsonb) from profile_app');
    const before = documentOf(kekFile);
    await expect(run(addKey, 'k3')).rejects.toThrow('append_outbox');
    await expect(run(useKey, 'k1')).rejects.toThrow('append_outbox');
    await expect(run(rotatePii)).rejects.toThrow('append_outbox');
    await database.query('grant execute on function profile.append_outbox(text, text, text, jsonb) to profile_app');
    expect(documentOf(kekFile)).toEqual(before);
    expect(await keysUnder('k2')).toBe(0);
  });

  it('goes on after a kill in the middle, beside processes that open and seal, until the old key can go', async () => {
    await killRotationMidway();
    const left = await keysUnder('k1');
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThan(users * 2);
    const of = { command: 'pii rotate', app: 'profile', key: 'k2', ...from };
    expect(await told()).toEqual([{ ...of, state: 'begun', dataKeys: users * 2 }]);

    let isOver = false;
    const rotating = run(rotatePii).finally(() => {
      isOver = true;
    });
    let opened = 0;
    while (!isOver) {
      const vault = vaultOf();
      expect(await vault.open(app.fork(), placeOf(sealed.userId), sealed.bytes)).toEqual({ first: 'Ada' });
      await vault.createKeys(app.fork(), systemIds.next());
      opened += 1;
    }
    expect(opened).toBeGreaterThan(0);
    expect(await rotating).toEqual({ isWell: true, text: `profile: ${left} data keys are wrapped under k2\n` });

    expect(await run(retireKey, 'k1')).toEqual({ isWell: true, text: 'profile: k1 is gone\n' });
    expect(await told()).toEqual([
      { ...of, state: 'begun', dataKeys: left },
      { ...of, state: 'ended', dataKeys: left, signingKeys: 0, broken: 0 },
      { command: 'pii retire-key', app: 'profile', keyring: 'kek', key: 'k1', ...from },
    ]);
    expect(Object.keys(documentOf(kekFile).keys)).toEqual(['k2']);
    expect(await vaultOf().open(app.fork(), placeOf(sealed.userId), sealed.bytes)).toEqual({ first: 'Ada' });
    expect(await run(showPiiStatus)).toMatchObject({ isWell: true });
  });

  it('names a key that was taken away while a process still wrapped with it, until it is put back', async () => {
    const before = documentOf(kekFile);
    const k1 = randomBytes(32);
    const late = createPiiVault({ schema: 'profile', keyring: staticKeyring('kek', { k1 }, 'k1') });
    await late.createKeys(app.fork(), systemIds.next());
    const missing = 'k1 is not in the keyring, and needed by 2 data keys: put it back';

    const status = await run(showPiiStatus);
    expect(status.isWell).toBe(false);
    expect(status.text).toMatch(/kek +k1 +is not in the keyring, and needed by 2 data keys: put it back/);
    const asJson: { missing: object }[] = JSON.parse((await run(showPiiStatus, '--json')).text);
    expect(asJson.map((keyring) => keyring.missing)).toEqual([{ k1: { 'data keys': 2 } }, {}]);
    expect(await run(rotatePii)).toMatchObject({ isWell: false, text: expect.stringContaining(`profile: ${missing}`) });
    expect(await run(retireKey, 'k1')).toEqual({ isWell: false, text: `profile: ${missing}\n` });

    const keys = { ...before.keys, k1: k1.toString('base64') };
    writeFileSync(kekFile, JSON.stringify({ ...before, keys }), { mode: 0o600 });
    expect(await run(rotatePii)).toMatchObject({ isWell: true });
    expect(await run(retireKey, 'k1')).toEqual({ isWell: true, text: 'profile: k1 is gone\n' });
    expect(await run(retireKey, 'k1')).toEqual({ isWell: true, text: 'profile: k1 is not there\n' });
    expect(await run(showPiiStatus)).toMatchObject({ isWell: true });
    await told();
  });

  it('keeps the index key of the search until every profile is stored under the next one, and forgets its terms', async () => {
    const file = join(folder, 'blind-index.json');
    const index = (keys: readonly string[], current: string) => {
      const all = documentOf(file).keys;
      const bytes = Object.fromEntries(keys.map((id) => [id, Buffer.from(all[id] ?? '', 'base64')]));
      const keyring = staticKeyring('blind-index', bytes, current);
      return createTokenIndex({ schema: 'profile', table: 'search_tokens', keyring });
    };
    const of = ['--keyring', 'blind-index'];
    const userId = systemIds.next();
    await index(['k1'], 'k1').replace(app.fork(), userId, ['word ada']);
    await database.query(`insert into profile.profiles values ($1, 1, 1, '1.k1')`, [userId]);
    await run(addKey, 'k2', ...of);
    await run(useKey, 'k2', ...of);
    const refused = await run(retireKey, 'k1', ...of);
    expect(refused).toMatchObject({ isWell: false, text: expect.stringContaining('needed by 1 profiles that wait') });

    await index(['k1', 'k2'], 'k2').replace(app.fork(), userId, ['word ada']);
    await database.query(`update profile.profiles set search_scheme = '1.k2'`);
    expect(await run(retireKey, 'k1', ...of)).toEqual({ isWell: true, text: 'profile: k1 is gone\n' });
    const stored = await database.query('select key_id from profile.search_tokens');
    expect(stored).toEqual([{ key_id: 'k2' }]);
  });

  it('says what it cannot do', async () => {
    await expect(run(rotatePii, 'k1')).rejects.toThrow('usage: pnpm ops pii rotate');
    await expect(run(retireKey, 'k2', '--keyring', 'pepper')).rejects.toThrow(
      'nobody counts what needs a key of pepper',
    );
    await expect(showPiiStatus([])).rejects.toThrow('say which with --app');
  });
});
