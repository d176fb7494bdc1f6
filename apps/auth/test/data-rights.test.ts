import { testDataRights } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, uuidv7 } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { DataRightsService } from '@bank/proto/data-rights';
import {
  DeviceKeyRemovedSchema,
  DeviceKeyRotatedSchema,
  DeviceRemovedSchema,
  encodeEvent,
  FactorEnrolledSchema,
  FactorRemovedSchema,
  FactorsResetSchema,
} from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { dataRights } from '#storage/data-rights.ts';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get } from './support/http.ts';
import { callerTable, clientAs, transportAs } from './support/rpc.ts';

const methods = ['ExportUserData', 'EraseUser'].map((name) => `${DataRightsService.typeName}/${name}`);
const auth = await startAuth({ callers: callerTable({ profile: { methods } }) });

/** Nothing that is still being sent changes a row meanwhile. */
async function settled(): Promise<void> {
  await until(async () => {
    const rows = await auth.database.query(
      `select 1 from auth.outbox where destination = 'deliveries' and published_at is null
       union all select 1 from auth.deliveries where state = 'pending'`,
    );
    return rows.length === 0;
  });
}

testDataRights(
  {
    ctx: auth.ctx,
    database: auth.database,
    broker: auth.broker,
    client: (service, uri) => clientAs(auth, uri.split('/').at(-1) ?? '', service),
    transport: (uri) => transportAs(auth, uri.split('/').at(-1) ?? ''),
  },
  dataRights,
  async () => {
    const { id, email, password, accessToken, refreshToken, sessionId, device } = await register(auth);
    await settled();
    return {
      userId: id,
      given: [email],
      ids: [sessionId, device.id],
      secrets: [password, accessToken, refreshToken, device.secret, 'argon2id'],
    };
  },
  (userId) => [
    encodeEvent(FactorEnrolledSchema, { userId, factorId: uuidv7(), enrolledAt: timestampNow() }),
    encodeEvent(FactorRemovedSchema, { userId, factorId: uuidv7(), removedByStaff: true, removedAt: timestampNow() }),
    encodeEvent(FactorsResetSchema, { userId, byStaff: true, resetAt: timestampNow() }),
    encodeEvent(DeviceRemovedSchema, { userId, deviceId: uuidv7() }),
    encodeEvent(DeviceKeyRemovedSchema, { userId, deviceId: uuidv7() }),
    encodeEvent(DeviceKeyRotatedSchema, { userId, deviceId: uuidv7() }),
  ],
);

async function erase({ id }: Pick<Account, 'id'>): Promise<boolean> {
  const client = await clientAs(auth, 'profile', DataRightsService);
  return (await client.eraseUser({ userId: id, requestId: uuidv7() })).erased;
}

async function statusOf({ id }: Pick<Account, 'id'>): Promise<unknown> {
  const [row] = await auth.database.query<{ status: string }>('select status from auth.users where id = $1', [id]);
  return row?.status;
}

async function movesOf({ id }: Pick<Account, 'id'>): Promise<string[]> {
  const rows = await auth.database.query<{ from: string; to: string }>(
    `select data->>'from' as from, data->>'to' as to from auth.outbox
      where subject = $1 and type = 'user.status_changed.v1' order by id`,
    [id],
  );
  return rows.map(({ from, to }) => `${from} ${to}`.replaceAll('USER_STATUS_', '').toLowerCase());
}

const setStatus = (account: Account, status: string) =>
  auth.database.query('update auth.users set status = $2 where id = $1', [account.id, status]);

describe('SR-88 an erasure in auth', () => {
  it('ends every session, and nobody signs in as the user any more', async () => {
    const account = await register(auth);
    expect(await erase(account)).toBe(true);
    await until(async () => (await get(auth, '/v1/auth/session', account.accessToken)).status === 401);
    expect((await signIn(auth, account)).status).toBe(401);
  });

  it('leaves the address free, and the id never used again', async () => {
    const account = await register(auth);
    await erase(account);
    const again = await register(auth, account.email);
    expect(again.id).not.toBe(account.id);
    expect([await statusOf(account), await statusOf(again)]).toEqual(['erased', 'active']);
  });

  it.each(['active', 'locked'])('closes a user who is %s on the way', async (status) => {
    const account = await register(auth);
    await setStatus(account, status);
    expect(await erase(account)).toBe(true);
    expect(await movesOf(account)).toEqual([`${status} closed`, 'closed erased']);
  });

  it('moves a closed user once, however often it is asked', async () => {
    const account = await register(auth);
    await setStatus(account, 'closed');
    expect([await erase(account), await erase(account)]).toEqual([true, false]);
    expect(await movesOf(account)).toEqual(['closed erased']);
  });

  it('refuses while the user is suspended, and destroys nothing', async () => {
    const account = await register(auth);
    await setStatus(account, 'suspended');
    await expect(erase(account)).rejects.toMatchObject({ code: 'user.transition.illegal' });
    const keys = 'select 1 from auth.data_keys where user_id = $1 and destroyed_at is not null';
    expect(await auth.database.query(keys, [account.id])).toEqual([]);
    await setStatus(account, 'active');
    expect((await get(auth, '/v1/auth/session', account.accessToken)).status).toBe(200);
  });

  it('SR-89 takes no message over that comes afterwards', async () => {
    const account = await register(auth);
    await settled();
    await erase(account);
    const access = { who: allow.system('test'), unaudited: 'a test' };
    const message = messageOf('password-changed', { at: auth.clock.now() });
    const expiresAt = new Date(auth.clock.now().getTime() + 60_000);
    await withTransaction(auth.ctx, access, (tx) =>
      tx.deliver({ to: { userId: account.id }, channel: 'email', expiresAt, ...message }),
    );
    const late = `select 1 from auth.outbox o join auth.inbox i on i.message_id = o.id where o.id = (
      select id from auth.outbox where subject = $1 and destination = 'deliveries' order by id desc limit 1)`;
    await until(async () => (await auth.database.query(late, [account.id])).length === 1);
    expect(await auth.database.query('select 1 from auth.deliveries where user_id = $1', [account.id])).toEqual([]);
  });

  it('knows nobody by another id', async () => {
    await expect(erase({ id: uuidv7() })).rejects.toMatchObject({ code: 'user.not_found' });
  });
});
