import { messageOf, smsOf } from '@bank/notifications';
import { until } from '@bank/testing';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { codeSms, deliver, deliveriesBy, freshPhone } from './support/messages.ts';

const auth = await startAuth({
  env: {
    SMS_PER_PREFIX_PER_HOUR: '24',
    SMS_PER_HOUR: '40',
    EMAILS_PER_ADDRESS_PER_HOUR: '3',
    EMAILS_PER_USER_PER_DAY: '2',
  },
});

// Until Redis is there each process counts by itself, and what it has counted is not carried over.
await until(() => auth.ctx.redis.isReady());

// What a process does for the first time may take longer than it waits for Redis, and is counted by itself then too.
beforeAll(async () => {
  await deliver(auth, codeSms(auth, freshPhone()));
  await outcomes('sms', 0, 1);
});

/** What was counted before is forgotten: each test has all of its limits. */
beforeEach(async () => {
  const { client, keyPrefix } = auth.ctx.redis;
  const counted = await client.keys(`${keyPrefix}limit:*`);
  await Promise.all(counted.map((key) => client.del(key.slice(keyPrefix.length))));
});

/** What a test writes itself: a registration writes other mails, which may be there later. */
const written = [
  'phone-code',
  'sign-in-code',
  'step-up-code',
  'factor-code',
  'transaction-code',
  'session-revoked',
  'registration-attempted',
  'password-reset',
];
const writtenBy = async (channel: 'email' | 'sms') =>
  (await deliveriesBy(auth, channel)).filter(({ template }) => written.includes(String(template)));

/** The states in which so many messages of a channel have ended, and why. */
async function outcomes(channel: 'email' | 'sms', from: number, count: number) {
  return await until(
    async () => {
      const rows = (await writtenBy(channel)).slice(from);
      return rows.length === count && rows.every(({ state }) => state !== 'pending') ? rows : undefined;
    },
    { what: `${count} messages to be settled`, deadlineMs: 20_000 },
  );
}

/** Text messages that were kept back so far, as the ledger is told of them and as they are counted. */
async function keptBack(): Promise<{ told: number; counted: number }> {
  const told = await auth.database.query(
    `select 1 from auth.outbox where data ->> 'action' = 'auth.delivery.suppressed' and data -> 'details' ->> 'channel' = 'sms'`,
  );
  const name = 'message_deliveries_total{channel="sms",provider="none",state="suppressed",service="auth"} ';
  const line = (await auth.ctx.metrics.text()).split('\n').find((text) => text.startsWith(name));
  return { told: told.length, counted: Number(line?.slice(name.length) ?? 0) };
}

describe('SR-18 text messages', () => {
  it('100 to variants of one number are five, and the rest is kept back without a word', async () => {
    const digits = freshPhone().slice(3);
    const variants = [
      `+49${digits}`,
      `0049${digits}`,
      `+49 ${digits.slice(0, 3)} ${digits.slice(3)}`,
      `+49 (0)${digits}`,
      ` 0049 ${digits.slice(0, 3)}-${digits.slice(3)} `,
    ];
    const [before, keptBefore] = [(await writtenBy('sms')).length, await keptBack()];
    const messages = Array.from({ length: 100 }, (_, index) => codeSms(auth, variants[index % 5] ?? ''));
    await deliver(auth, ...messages);
    const rows = await outcomes('sms', before, 100);
    expect(rows.filter(({ state }) => state === 'sent')).toHaveLength(5);
    const kept = rows.filter(({ state }) => state === 'suppressed');
    expect(kept).toHaveLength(95);
    expect(kept.every(({ failure, content }) => failure === 'LIMIT_TARGET' && content === null)).toBe(true);
    expect(auth.carriers.twilio.filter(({ to }) => to === `+49${digits}`)).toHaveLength(5);
    expect(await keptBack()).toEqual({ told: keptBefore.told + 95, counted: keptBefore.counted + 95 });
  });

  it('of strangers to one country are half of its limit, and what that keeps back takes nothing from the budget of all', async () => {
    const before = (await writtenBy('sms')).length;
    await deliver(auth, ...Array.from({ length: 20 }, () => codeSms(auth, freshPhone())));
    const german = await outcomes('sms', before, 20);
    expect(german.filter(({ state }) => state === 'sent')).toHaveLength(12);
    expect(german.filter(({ failure }) => failure === 'LIMIT_DESTINATION')).toHaveLength(8);
    const british = (index: number) => codeSms(auth, `+4474001234${String(index).padStart(2, '0')}`);
    await deliver(auth, ...Array.from({ length: 10 }, (_, index) => british(index + 10)));
    const all = await outcomes('sms', before + 20, 10);
    expect(all.filter(({ state }) => state === 'sent')).toHaveLength(8);
    expect(all.filter(({ failure }) => failure === 'LIMIT_BUDGET')).toHaveLength(2);
    const payment = (index: number) => {
      const { channel: _, template: __, params: ___, ...rest } = codeSms(auth, freshPhone());
      const code = { code: '048291', minutes: 10 };
      const text =
        index % 2 === 0 ? smsOf('sign-in-code', code) : smsOf('transaction-code', { ...code, transaction: '1' });
      return { ...rest, ...text };
    };
    await deliver(auth, ...Array.from({ length: 14 }, (_, index) => payment(index)));
    const codes = await outcomes('sms', before + 30, 14);
    expect(codes.filter(({ state }) => state === 'sent')).toHaveLength(12);
    expect(codes.filter(({ failure }) => failure === 'LIMIT_DESTINATION')).toHaveLength(2);
  });
});

describe('SR-14 codes of sign-ins', () => {
  const words = { code: '048291', minutes: 10 };
  const ofSession = ['step-up-code', 'factor-code', 'transaction-code'];

  it('that whoever has the password asks for keep back no text message of a live session', async () => {
    const before = (await writtenBy('sms')).length;
    const { to, expiresAt } = codeSms(auth, freshPhone());
    const signIn = { to, expiresAt, ...smsOf('sign-in-code', words) };
    await deliver(auth, ...Array.from({ length: 6 }, () => signIn));
    await outcomes('sms', before, 6);
    const texts = [
      smsOf('step-up-code', words),
      smsOf('factor-code', words),
      smsOf('transaction-code', { ...words, transaction: '1' }),
    ];
    await deliver(auth, ...texts.map((text) => ({ to, expiresAt, ...text })));
    const rows = await outcomes('sms', before, 9);
    const states = (templates: string[]) =>
      rows.filter(({ template }) => templates.includes(String(template))).map(({ state }) => state);
    expect(states(['sign-in-code']).filter((state) => state === 'sent')).toHaveLength(5);
    expect(states(ofSession)).toEqual(['sent', 'sent', 'sent']);
  });

  it('keep back no mail of a live session', async () => {
    const account = await register(auth, freshEmail());
    const before = (await writtenBy('email')).length;
    const { expiresAt } = codeSms(auth, freshPhone());
    const mail = { to: { userId: account.id }, channel: 'email', expiresAt } as const;
    const signIn = { ...mail, ...messageOf('sign-in-code', words) };
    await deliver(auth, signIn, signIn, signIn, signIn);
    await outcomes('email', before, 4);
    await deliver(auth, { ...mail, ...messageOf('step-up-code', words) });
    const rows = await outcomes('email', before, 5);
    expect(rows.filter(({ template, state }) => template === 'sign-in-code' && state === 'sent')).toHaveLength(2);
    expect(rows.find(({ template }) => template === 'step-up-code')?.state).toBe('sent');
  });
});

describe('SR-18 mail', () => {
  it('with codes to one address is so much, and notices get through beside it', async () => {
    const account = await register(auth, freshEmail());
    const before = (await writtenBy('email')).length;
    const expiresAt = new Date(auth.clock.now().getTime() + 600_000);
    const to = { userId: account.id };
    const code = messageOf('sign-in-code', { code: '048291', minutes: 10 });
    const notice = messageOf('session-revoked', { at: auth.clock.now() });
    const mail = (message: { template: string; params: Record<string, string> }) =>
      ({ to, channel: 'email', expiresAt, ...message }) as const;
    await deliver(auth, ...Array.from({ length: 5 }, () => mail(code)), mail(notice), mail(notice));
    const rows = await outcomes('email', before, 7);
    const states = (template: string) =>
      rows
        .filter((row) => row['template'] === template)
        .map(({ state }) => state)
        .sort();
    expect(states('sign-in-code')).toEqual(['sent', 'sent', 'suppressed', 'suppressed', 'suppressed']);
    expect(states('session-revoked')).toEqual(['sent', 'sent']);
  });

  it('that strangers can ask for keeps back no code and no link of the user', async () => {
    const account = await register(auth, freshEmail());
    const before = (await writtenBy('email')).length;
    const at = auth.clock.now();
    const rest = { to: { userId: account.id }, channel: 'email', expiresAt: new Date(at.getTime() + 600_000) } as const;
    const attempted = { ...rest, ...messageOf('registration-attempted', { at }) };
    const link = {
      ...rest,
      ...messageOf('password-reset', { url: 'https://bank.test/password/reset#token=pr', minutes: 60 }),
    };
    const code = { ...rest, ...messageOf('sign-in-code', { code: '048291', minutes: 10 }) };
    await deliver(auth, ...Array.from({ length: 6 }, () => attempted));
    await outcomes('email', before, 6);
    await deliver(auth, link, link, link);
    await outcomes('email', before, 9);
    await deliver(auth, code);
    const rows = await outcomes('email', before, 10);
    const sent = (template: string) =>
      rows.filter((row) => row['template'] === template && row.state === 'sent').length;
    expect(sent('registration-attempted')).toBe(2);
    expect(sent('password-reset')).toBe(3);
    expect(sent('sign-in-code')).toBe(1);
  });
});
