import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { appNames, repositoryFolder } from '@bank/scripts/stack';
import { afterAll, expect, test } from 'vitest';
import { type Place, registerAccount } from '#account.ts';
import { GatewayClient } from '#client.ts';
import { sharedStack } from '#test-stack.ts';
import { asOwner } from './support/database.ts';

const it = sharedStack();
const list = join(tmpdir(), `erased-${randomUUID()}.txt`);
afterAll(() => rmSync(list, { force: true }));

/** `pnpm ops users erase`, run as an operator does. */
function erase(...lines: readonly string[]): Promise<{ status: number; text: string }> {
  writeFileSync(list, `${lines.join('\n')}\n`);
  const { apps, tls } = it.stack.addresses;
  const own = (ending: string) => join(dirname(tls.ca), `ops.${ending}`);
  const where = appNames.flatMap((app) => [`--${app}-url`, apps[app].rpc]);
  const args = ['users', 'erase', '--from', list, ...where, '--ca', tls.ca, '--cert', own('pem'), '--key', own('key')];
  return new Promise((resolve) => {
    execFile(process.execPath, [join(repositoryFolder, 'scripts/ops.ts'), ...args], (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), text: stdout + stderr });
    });
  });
}

interface ErasableKey {
  readonly id: string;
  readonly kek_id: string | null;
  readonly wrapped: Buffer | null;
}

function inProfile<T extends object>(sql: string, values: readonly unknown[]): Promise<readonly T[]> {
  return asOwner(it.stack.owners.profile, async (client) => (await client.query<T>(sql, [...values])).rows);
}

async function erasableKey(userId: string): Promise<ErasableKey | undefined> {
  const sql = `select id, kek_id, wrapped from profile.data_keys where user_id = $1 and key_class = 'erasable'`;
  return (await inProfile<ErasableKey>(sql, [userId]))[0];
}

/** As a restore to before the erasure leaves it. */
async function restore({ id, kek_id, wrapped }: ErasableKey): Promise<void> {
  await inProfile('delete from profile.data_key_tombstones where key_id = $1', [id]);
  const sql = 'update profile.data_keys set kek_id = $2, wrapped = $3, destroyed_at = null where id = $1';
  await inProfile(sql, [id, kek_id, wrapped]);
}

async function setStatus(userId: string, status: string): Promise<void> {
  await asOwner(it.stack.owners.auth, (client) =>
    client.query('update auth.users set status = $2 where id = $1', [userId, status]),
  );
}

async function customer(): Promise<string> {
  const { gateway, sandbox } = it.stack.addresses;
  const place: Place = { client: new GatewayClient(gateway), inboxUrl: sandbox.http };
  const { userId, accessToken: token } = await registerAccount(place);
  await place.client.sendUntil(({ status }) => status === 200, 10_000, 'GET', '/v1/profile', { token });
  return userId;
}

test('SR-88 the operator erases again, by a list, whom a restore has brought back', { timeout: 120_000 }, async () => {
  const [userId, suspended] = [await customer(), await customer()];
  const backup = await erasableKey(userId);
  if (backup === undefined) throw new Error('profile has no key of the user');
  expect(await erase(userId, 'nobody')).toEqual({ status: 2, text: expect.stringContaining('line 2 is no user id') });
  expect(await erasableKey(userId)).toEqual(backup);

  expect(await erase(userId, userId)).toEqual({ status: 0, text: expect.stringContaining('1 erased, 0 were erased') });
  expect(await erasableKey(userId)).toEqual({ id: backup.id, kek_id: null, wrapped: null });
  expect(await erase(userId)).toEqual({ status: 0, text: expect.stringContaining('0 erased, 1 were erased already') });

  await restore(backup);
  await setStatus(suspended, 'suspended');
  const again = await erase(suspended, userId);
  expect(again.status).toBe(1);
  expect(again.text).toContain(`${suspended} is refused by auth: user.transition.illegal`);
  expect(again.text).toContain('1 erased, 0 were erased already, 1 refused');
  expect(await erasableKey(userId)).toEqual({ id: backup.id, kek_id: null, wrapped: null });
  expect((await erasableKey(suspended))?.wrapped).toBeInstanceOf(Buffer);
  await setStatus(suspended, 'active');
});
