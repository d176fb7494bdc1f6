import { publishEvents } from '@bank/composition/testing';
import { idFloor, type UserId, uuidv7 } from '@bank/domain';
import { encodeEvent, UserRolesChangedSchema } from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { givenChallenge, givenEnrolled, givenFactor, givenSubject, mfaApp, toldOf } from './mfa-app.ts';

const app = mfaApp();
const minuteMs = 60_000;
const customer = ['customer'];
const staff = ['support'];

interface Change {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly changedAt?: Date;
}

/** What auth tells of other roles, as a message; without a time they changed just now. */
function changed(userId: UserId, { from = customer, to = staff, changedAt = new Date() }: Change = {}) {
  const facts = { userId, from: [...from], to: [...to], version: 2n, changedAt: timestampFromDate(changedAt) };
  return { id: uuidv7(), subject: userId, ...encodeEvent(UserRolesChangedSchema, facts) };
}

async function hear(...messages: ReturnType<typeof changed>[]): Promise<void> {
  await publishEvents(app, 'auth', messages);
  const ids = [...new Set(messages.map(({ id }) => id))];
  const handled = () => app.database.query('select 1 from mfa.inbox where message_id = any($1)', [ids]);
  await until(async () => (await handled()).length === ids.length);
}

/** A confirmed factor of a session that opened at that time. */
async function givenOf(userId: UserId, type: FactorTypeName, at: Date): Promise<string> {
  const id = await givenFactor(app, userId, { type, confirmedAt: at });
  await app.database.query('update mfa.factors set session_id = $2 where id = $1', [id, idFloor(at)]);
  return id;
}

async function factorsOf(userId: UserId): Promise<string[]> {
  const sql = 'select id from mfa.factors where user_id = $1 order by id';
  return (await app.database.query<{ id: string }>(sql, [userId])).map(({ id }) => id);
}

const minutes = (count: number) => new Date(Date.now() + count * minuteMs);

describe('SR-72: a customer who becomes a member of staff', () => {
  test('begins without what they enrolled before, and everybody whom it concerns is told', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId } = enrolled;
    await givenChallenge(app, enrolled);
    await app.database.query(
      `insert into mfa.recovery_codes (user_id, digest, created_at) values ($1, '\\x01', now())`,
      [userId],
    );
    const before = (await toldOf(app, userId)).length;
    await hear(changed(userId, { to: ['customer', 'support'] }));
    expect(await factorsOf(userId)).toEqual([]);
    for (const table of ['recovery_codes', 'challenges']) {
      expect(await app.database.query(`select 1 from mfa.${table} where user_id = $1`, [userId])).toEqual([]);
    }
    expect((await toldOf(app, userId)).slice(before)).toEqual([
      'events mfa.factor_removed.v1',
      'audit mfa.factor.removed',
      'events mfa.factors_reset.v1',
      'audit mfa.factors.reset',
      'deliveries factors-reset',
    ]);
    const [event] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and type = 'mfa.factors_reset.v1'`,
      [userId],
    );
    expect(event?.data).toMatchObject({ byStaff: true });
    const [entry] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and data->>'action' = 'mfa.factor.removed'`,
      [userId],
    );
    expect(entry?.data).toMatchObject({ details: { factorId, becameStaffAt: expect.stringMatching(/Z$/) } });
  });

  test('loses a passkey that was confirmed in time by a session of before, and what was begun in one', async () => {
    const [userId, changedAt] = [await givenSubject(app), minutes(-1)];
    const passkey = await givenOf(userId, 'webauthn', minutes(-2));
    // The commit of the role came a moment after its time.
    await app.database.query('update mfa.factors set confirmed_at = $2 where id = $1', [passkey, minutes(-0.9)]);
    const begun = await givenFactor(app, userId, { type: 'totp' });
    await app.database.query('update mfa.factors set session_id = $2 where id = $1', [begun, idFloor(minutes(-2))]);
    await hear(changed(userId, { changedAt }));
    expect(await factorsOf(userId)).toEqual([]);
  });

  test('keeps what they have enrolled as staff, however late it is heard', async () => {
    const [userId, changedAt] = [await givenSubject(app), minutes(-10)];
    await givenOf(userId, 'sms', minutes(-20));
    const own = await givenOf(userId, 'webauthn', minutes(-5));
    await hear(changed(userId, { changedAt }));
    expect(await factorsOf(userId)).toEqual([own]);
  });

  test('and however often: once for a role', async () => {
    const userId = await givenSubject(app);
    await givenOf(userId, 'webauthn', minutes(-20));
    const [first, again] = [changed(userId), changed(userId, { changedAt: minutes(-1) })];
    await hear(first, first);
    const own = await givenOf(userId, 'webauthn', minutes(1));
    await hear(first, again, { ...first, id: uuidv7() });
    expect(await factorsOf(userId)).toEqual([own]);
    const resets = (await toldOf(app, userId)).filter((told) => told === 'events mfa.factors_reset.v1');
    expect(resets).toHaveLength(1);
  });

  test.each(['webauthn', 'totp'] as const)('loses what may have been enrolled with a %s of before', async (type) => {
    const [userId, changedAt] = [await givenSubject(app), minutes(-10)];
    await givenOf(userId, type, minutes(-20));
    await givenOf(userId, 'webauthn', minutes(-5));
    await hear(changed(userId, { changedAt }));
    expect(await factorsOf(userId)).toEqual([]);
  });
});

describe('other changes of roles leave factors alone', () => {
  test.each([
    ['from one of staff to another', ['support'], ['admin']],
    ['a colleague who becomes a customer as well', ['support'], ['customer', 'support']],
    ['a colleague who goes on as a customer', ['customer', 'support'], ['customer']],
    ['from a role that nobody here knows', ['treasury'], ['support']],
  ])('%s', async (_, from, to) => {
    const userId = await givenSubject(app);
    const passkey = await givenOf(userId, 'webauthn', minutes(-20));
    await hear(changed(userId, { from, to }));
    expect(await factorsOf(userId)).toEqual([passkey]);
  });

  test('of whoever has never been admitted: nothing is told', async () => {
    const userId = uuidv7() as UserId;
    await hear(changed(userId));
    expect(await toldOf(app, userId)).toEqual([]);
  });
});
