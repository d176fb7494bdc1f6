import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { request } from '@bank/composition/testing';
import { type Role, uuidv7 } from '@bank/domain';
import { until } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { adminApp } from './admin-app.ts';
import { entryAbout } from './entries.ts';
import { rewriteShard } from './tamper.ts';

const app = adminApp();

function staff(changes: { roles?: readonly Role[]; acr?: 'aal1' | 'aal2' } = {}): string {
  return app.issuer.token({ audience: 'user-service-staff', roles: ['compliance'], acr: 'aal2', ...changes });
}

function verify(token?: string) {
  return request(app.service, 'GET', '/v1/admin/audit/verify', token === undefined ? {} : { token });
}

/** `pnpm ops audit verify`, run as an operator does. */
function opsVerify(...options: string[]) {
  const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'ops.ts');
  const { CHECKPOINT_DIR = '', CHECKPOINT_TRUSTED_KEYS_FILE = '' } = app.env;
  const files = ['--checkpoints', CHECKPOINT_DIR, '--keys', CHECKPOINT_TRUSTED_KEYS_FILE];
  const args = [script, 'audit', 'verify', '--database-url', app.database.adminUrl, ...files, ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

/** The service signs the first entry at once. */
async function givenSigned(): Promise<{ shard: number }> {
  await appendEntries(app.ctx, [entryAbout(uuidv7())]);
  const [signed] = await until(async () => {
    const rows = await app.database.query<{ shard: number }>(
      `select shard from admin.ledger_entries e where exists (select 1 from admin.ledger_checkpoints)
         order by recorded_at, position limit 1`,
    );
    return rows.length > 0 ? rows : undefined;
  });
  return { shard: signed?.shard ?? 0 };
}

describe('GET /v1/admin/audit/verify', () => {
  test('200, after 202 while it runs: what was found', async () => {
    await givenSigned();
    const answer = await until(async () => {
      const given = await verify(staff());
      expect([200, 202]).toContain(given.status);
      return given.status === 200 ? given : undefined;
    });
    expect(answer.body).toMatchObject({ state: 'done', report: { ok: true, problems: [], fromCheckpoint: 0 } });
  });

  test('SR-86: that it was asked for is recorded', async () => {
    await verify(staff());
    const sql = `select 1 from admin.outbox where destination = 'audit' and data ->> 'action' = 'audit.verified'`;
    expect((await app.database.query(sql)).length).toBeGreaterThan(0);
  });

  test('401: nobody without a token', async () => {
    expect((await verify()).status).toBe(401);
  });

  test.each<Role[]>([['support'], ['customer']])('403: not %s', async (role) => {
    expect((await verify(staff({ roles: [role] }))).status).toBe(403);
  });

  test('403: nobody at aal1', async () => {
    expect(await verify(staff({ acr: 'aal1' }))).toMatchObject({
      status: 403,
      body: { code: 'auth.step_up.required' },
    });
  });
});

describe('SR-87: pnpm ops audit verify', () => {
  // Four processes, one after the other.
  test('ends with 0 when all is well, with 1 when not and names the entry, with 2 when it cannot tell', {
    timeout: 120_000,
  }, async () => {
    const { shard } = await givenSigned();
    const good = opsVerify();
    expect(good.text).toContain('the ledger is what was signed');
    expect(good.status).toBe(0);
    await rewriteShard(app.database, shard, (entries) => [{ ...entryAbout(uuidv7()) }, ...entries.slice(1)]);
    const bad = opsVerify();
    expect(bad.text).toContain(`WRONG  shard ${shard}, position 1, entry `);
    expect(bad.status).toBe(1);
    expect(opsVerify('--keys', '/nowhere').status).toBe(2);
    expect(opsVerify('--frobnicate').text).toContain('usage: pnpm ops audit verify');
  });
});
