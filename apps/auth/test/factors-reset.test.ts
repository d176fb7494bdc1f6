import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, FactorRemovedSchema, FactorsResetSchema } from '@bank/proto/events';
import { FactorType } from '@bank/proto/mfa';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { refresh, register, signIn } from './support/accounts.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { claimsOf } from './support/staff.ts';

const auth = await sharedAuth();

function removal(userId: string, changes: { removedByStaff: boolean; removedAt?: Date }) {
  const { removedByStaff, removedAt = new Date() } = changes;
  const data = { userId, factorId: uuidv7(), type: FactorType.TOTP, removedByStaff };
  const event = encodeEvent(FactorRemovedSchema, { ...data, removedAt: timestampFromDate(removedAt) });
  return { id: uuidv7(), subject: userId, ...event };
}

async function handled(id: string): Promise<boolean> {
  const sql = `select 1 from auth.inbox where message_id = $1 and consumer = 'auth.factor-removed'`;
  return (await auth.database.query(sql, [id])).length === 1;
}

const statusOf = async (token: string) => (await get(auth, '/v1/auth/session', token)).status;

describe('mfa.factor_removed.v1', () => {
  it('SR-35, SR-47 ends what was open when staff removed the factors, within a second', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.factors = [];
    const told = removal(account.id, { removedByStaff: true });
    await publishEvents(auth, 'mfa', [told, removal(account.id, { removedByStaff: true })]);
    await until(async () => (await statusOf(account.accessToken)) === 401, { deadlineMs: 1000 });
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', proof)).body.code).toBe('auth.login.invalid');
    const ended = 'select end_reason from auth.sessions where id = $1';
    expect(await auth.database.query(ended, [account.sessionId])).toEqual([{ end_reason: 'factor_changed' }]);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('SR-31, SR-35 makes unknown what was known by a factor that was taken then, and no device that proved itself since', async () => {
    const account = await register(auth);
    const knownOf = (id: string) =>
      auth.database.query('select 1 from auth.devices where user_id = $1 and known_at is not null', [id]);
    const earlier = removal(account.id, { removedByStaff: true, removedAt: new Date(Date.now() - 60_000) });
    await publishEvents(auth, 'mfa', [earlier]);
    await until(() => handled(earlier.id));
    expect(await knownOf(account.id)).toHaveLength(1);
    // The device became known a moment after the factors went, by one that was still taken.
    const told = removal(account.id, { removedByStaff: true, removedAt: new Date(Date.now() - 10_000) });
    await publishEvents(auth, 'mfa', [told]);
    await until(() => handled(told.id));
    expect(await knownOf(account.id)).toHaveLength(0);
    const again = await signIn(auth, account, { device: { secret: account.device.secret } });
    expect(claimsOf(again.body.accessToken).amr).toEqual(['pwd']);
  });

  it('leaves alone what was opened since, however late it comes', async () => {
    const account = await register(auth);
    const removedAt = new Date();
    const later = await signIn(auth, account);
    const told = removal(account.id, { removedByStaff: true, removedAt });
    await publishEvents(auth, 'mfa', [told]);
    await until(() => handled(told.id));
    await until(async () => (await statusOf(account.accessToken)) === 401);
    expect(await statusOf(later.body.accessToken)).toBe(200);
  });

  it('SR-35 ends what a factor opened that was taken just before', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.factors = [];
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    const removedAt = new Date();
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    const { body } = await post(auth, '/v1/auth/login/verify', proof);
    expect(await statusOf(body.accessToken)).toBe(200);
    await publishEvents(auth, 'mfa', [removal(account.id, { removedByStaff: true, removedAt })]);
    await until(async () => (await statusOf(body.accessToken)) === 401);
  });

  it('ends nothing when users remove their own', async () => {
    const [account, other] = [await register(auth), await register(auth)];
    const last = removal(other.id, { removedByStaff: true });
    await publishEvents(auth, 'mfa', [removal(account.id, { removedByStaff: false }), last]);
    await until(() => handled(last.id));
    await until(async () => (await auth.broker.depth('auth.events')) === 0);
    expect(await statusOf(account.accessToken)).toBe(200);
  });

  it('SR-35, SR-47 ends what was open where there was no factor to remove any more', async () => {
    const [account, recovered] = [await register(auth), await register(auth)];
    const reset = ({ id: userId }: { id: string }, byStaff: boolean) => {
      const event = encodeEvent(FactorsResetSchema, { userId, byStaff, resetAt: timestampFromDate(new Date()) });
      return { id: uuidv7(), subject: userId, ...event };
    };
    const byRecovery = reset(recovered, false);
    await publishEvents(auth, 'mfa', [byRecovery, reset(account, true)]);
    await until(async () => (await statusOf(account.accessToken)) === 401);
    await until(() => handled(byRecovery.id));
    expect(await statusOf(recovered.accessToken)).toBe(200);
  });

  it('does not mind a user who is not there', async () => {
    const told = removal(uuidv7(), { removedByStaff: true });
    await publishEvents(auth, 'mfa', [told]);
    await until(() => handled(told.id));
  });
});
