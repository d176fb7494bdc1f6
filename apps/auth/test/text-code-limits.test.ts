import { uuidv7 } from '@bank/domain';
import { smsOf } from '@bank/notifications';
import { UserService } from '@bank/proto/user';
import { until } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Account } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { deliver, deliveriesBy } from './support/messages.ts';
import { totpFactor } from './support/neighbours.ts';
import { accountWithPhone } from './support/phones.ts';
import { callerTable, clientAs } from './support/rpc.ts';
import { payment } from './support/transactions.ts';

const auth = await startAuth({
  env: { SMS_PER_NUMBER_PER_HOUR: '2' },
  callers: callerTable({ mfa: { methods: ['bank.user.v1.UserService/DescribeContact'] } }),
});

// Until Redis is there each process counts by itself, and what it has counted is not carried over.
await until(() => auth.ctx.redis.isReady());

const sms = { id: uuidv7(), type: 'sms', hint: '+***67' };

beforeEach(() => {
  const expiresAt = new Date(auth.clock.now().getTime() + 600_000);
  const started = { kind: 'started', challengeId: uuidv7(), type: 'sms', expiresAt };
  Object.assign(auth.neighbours, { started, factors: [sms, totpFactor] });
});

function ask({ accessToken: token }: Account, body: object) {
  return post(auth, '/v1/auth/step-up/challenge', body, { token });
}

/** Codes of a session that were handed over to the user's number. */
async function givenCodes({ id: userId }: Account, count: number): Promise<void> {
  const expiresAt = new Date(auth.clock.now().getTime() + 600_000);
  const code = smsOf('step-up-code', { code: '048291', minutes: 10 });
  await deliver(auth, ...Array.from({ length: count }, () => ({ to: { userId }, expiresAt, ...code })));
  await until(async () => {
    const own = (await deliveriesBy(auth, 'sms')).filter((row) => row['user_id'] === userId);
    return own.length === count && own.every(({ state }) => state === 'sent');
  });
}

const codesFromOf = async ({ id: userId }: Account) =>
  (await (await clientAs(auth, 'mfa', UserService)).describeContact({ userId })).phoneCodesFrom;

describe('SR-18 codes by text message that a live session asks for', () => {
  it('429 with Retry-After after as many as are sent, and mfa is asked for none; other factors go on', async () => {
    const account = await accountWithPhone(auth);
    await givenCodes(account, 1);
    expect((await ask(account, { factorId: sms.id, transaction: payment })).status).toBe(200);
    expect(await codesFromOf(account)).toBeUndefined();
    const other = await accountWithPhone(auth);
    await givenCodes(other, 2);
    const before = auth.neighbours.asked.texts.length;
    for (const body of [{ factorId: sms.id, transaction: payment }, { factorId: sms.id }]) {
      const refused = await ask(other, body);
      expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
      const seconds = Number(refused.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(3500);
      expect(seconds).toBeLessThanOrEqual(3600);
    }
    expect(auth.neighbours.asked.texts).toHaveLength(before);
    expect(await codesFromOf(other)).toBeDefined();
    expect((await ask(other, { factorId: totpFactor.id })).status).toBe(200);
    expect((await ask(account, { factorId: sms.id, transaction: payment })).status).toBe(200);
  });

  it('SR-28 429 while a number that took the place of another gets none', async () => {
    const account = await accountWithPhone(auth);
    await auth.database.query(`update auth.users set phone_codes_from = now() + interval '2 days' where id = $1`, [
      account.id,
    ]);
    const refused = await ask(account, { factorId: sms.id, transaction: payment });
    expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(86_400);
  });

  it('503 of mfa stands, and not the limits, while mfa is away', async () => {
    const account = await accountWithPhone(auth);
    await givenCodes(account, 2);
    Object.assign(auth.neighbours, { factors: undefined, started: undefined });
    expect((await ask(account, { factorId: sms.id, transaction: payment })).status).toBe(503);
  });
});
