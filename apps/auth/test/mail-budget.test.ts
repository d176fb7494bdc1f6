import { messageOf } from '@bank/notifications';
import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { freshEmail, register, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { deliver, deliveriesBy } from './support/messages.ts';
import { forgot } from './support/passwords.ts';

const budget = 8;
const ofStrangers = budget / 2;
const ofRecovery = budget / 4;
const auth = await startAuth({ env: { EMAILS_PER_HOUR: String(budget) } });

// Until Redis is there each process counts by itself, and what it has counted is not carried over.
await until(() => auth.ctx.redis.isReady());

const account = await register(auth);

type Mail = Awaited<ReturnType<typeof deliveriesBy>>[number];

/** So many mails of a kind, once there is nothing left to do about them. */
async function settled(isOfKind: (mail: Mail) => boolean, count: number): Promise<Mail[]> {
  return await until(
    async () => {
      const mails = (await deliveriesBy(auth, 'email')).filter(isOfKind);
      return mails.length === count && mails.every(({ state }) => state !== 'pending') ? mails : undefined;
    },
    { what: `${count} mails to be settled`, deadlineMs: 20_000 },
  );
}

describe('SR-18 all mail of an hour', () => {
  it('is half for strangers at most, and whoever asks for more gets the same answer', async () => {
    const answers = [];
    for (let asked = 0; asked < ofStrangers + 4; asked += 1) {
      answers.push(await post(auth, '/v1/auth/register', registration(freshEmail())));
    }
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const mails = await settled(({ template }) => template === 'registration-code', ofStrangers + 4);
    expect(mails.filter(({ state }) => state === 'sent')).toHaveLength(ofStrangers);
    const kept = mails.filter(({ state }) => state === 'suppressed');
    expect(kept).toHaveLength(4);
    expect(kept.every(({ failure, content }) => failure === 'LIMIT_BUDGET' && content === null)).toBe(true);
    const metrics = await auth.ctx.metrics.text();
    expect(metrics).toContain('message_limits_total{channel="email",limit="budget",service="auth"} 4');
    expect(metrics).toContain(
      'message_deliveries_total{channel="email",provider="none",state="suppressed",service="auth"} 4',
    );
    const told = await auth.database.query<{ reason: string }>(
      `select data ->> 'reason' as reason from auth.outbox where data ->> 'action' = 'auth.delivery.suppressed'`,
    );
    expect(told).toEqual(Array(4).fill({ reason: 'LIMIT_BUDGET' }));
  });

  it('SR-14 leaves the other half to links and codes of users, whatever strangers do', async () => {
    expect((await forgot(auth, account.email)).status).toBe(202);
    const expiresAt = new Date(auth.clock.now().getTime() + 600_000);
    const code = messageOf('sign-in-code', { code: '048291', minutes: 10 });
    const mail = { to: { userId: account.id }, channel: 'email', expiresAt, ...code } as const;
    await deliver(auth, ...Array.from({ length: budget - ofStrangers - 1 }, () => mail));
    const mails = [
      ...(await settled(({ template }) => template === 'password-reset', 1)),
      ...(await settled(({ template }) => template === 'sign-in-code', budget - ofStrangers - 1)),
    ];
    expect(new Set(mails.map(({ state }) => state))).toEqual(new Set(['sent']));
  });

  it('SR-15 keeps back a link for another password once all is spent, of which the answer says nothing', async () => {
    const [known, unknown] = [await forgot(auth, account.email), await forgot(auth, freshEmail())];
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body]);
    const [, link] = await settled(({ template }) => template === 'password-reset', 2);
    expect(link).toMatchObject({ state: 'suppressed', failure: 'LIMIT_BUDGET' });
  });

  it('silences no notice, and nothing by which a user takes back what is done to them', async () => {
    const at = auth.clock.now();
    const to = { to: { userId: account.id }, channel: 'email', expiresAt: new Date(at.getTime() + 600_000) } as const;
    const url = 'https://bank.test/revert#token=er';
    await deliver(
      auth,
      { ...to, ...messageOf('password-changed', { at }) },
      { ...to, ...messageOf('email-replaced', { at, url, days: 7 }) },
    );
    const told = ['password-changed', 'email-replaced'];
    const mails = await settled(({ template }) => told.includes(String(template)), 2);
    expect(mails.map(({ state }) => state)).toEqual(['sent', 'sent']);
  });

  it('SR-14 is a quarter for links for another password at most, and codes have the rest, however many ask for those', async () => {
    const { client, keyPrefix } = auth.ctx.redis;
    const counted = await client.keys(`${keyPrefix}limit:*`);
    await Promise.all(counted.map((key) => client.del(key.slice(keyPrefix.length))));
    const isSince =
      (wanted: string, before: readonly Mail[]) =>
      ({ template, id }: Mail) =>
        template === wanted && !before.some((older) => older.id === id);
    const before = await deliveriesBy(auth, 'email');
    const expiresAt = new Date(auth.clock.now().getTime() + 600_000);
    const url = 'https://bank.test/password/reset#token=pr';
    const link = { channel: 'email', expiresAt, ...messageOf('password-reset', { url, minutes: 60 }) } as const;
    await deliver(auth, ...Array.from({ length: budget }, () => ({ ...link, to: { email: freshEmail() } })));
    const links = await settled(isSince('password-reset', before), budget);
    expect(links.filter(({ state }) => state === 'sent')).toHaveLength(ofRecovery);
    expect(links.filter(({ failure }) => failure === 'LIMIT_BUDGET')).toHaveLength(budget - ofRecovery);
    const words = { code: '048291', minutes: 10 };
    const codes = [messageOf('sign-in-code', words), messageOf('step-up-code', words)].map((code) => {
      return { channel: 'email', expiresAt, to: { userId: account.id }, ...code } as const;
    });
    await deliver(auth, ...codes, ...codes, ...codes);
    for (const { template } of codes) {
      const sent = await settled(isSince(template, before), (budget - ofRecovery) / 2);
      expect(new Set(sent.map(({ state }) => state))).toEqual(new Set(['sent']));
    }
  });
});
