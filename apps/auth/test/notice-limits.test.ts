import { messageOf, type TemplateName } from '@bank/notifications';
import { until } from '@bank/testing';
import { expect, it } from 'vitest';
import { register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { deliver, deliveriesBy } from './support/messages.ts';

const auth = await startAuth({ env: { EMAILS_PER_ADDRESS_PER_HOUR: '3', EMAILS_PER_HOUR: '100' } });
await until(() => auth.ctx.redis.isReady());

const at = new Date();
const called = { at, device: 'iPhone 17' };
const repeated = [messageOf('new-device', called), messageOf('device-trusted', called)];
const changes = [
  messageOf('password-changed', { at }),
  messageOf('refresh-token-reuse', called),
  messageOf('bank-account-linked', { at }),
];

/** The states of the mails of a kind, once there is nothing left to do about them. */
async function statesOf(template: TemplateName, count: number): Promise<string[]> {
  return await until(
    async () => {
      const mails = (await deliveriesBy(auth, 'email')).filter((mail) => mail['template'] === template);
      const states = mails.map(({ state }) => String(state));
      return states.length === count && !states.includes('pending') ? states : undefined;
    },
    { what: `${count} mails of ${template}`, deadlineMs: 20_000 },
  );
}

const usedUp = [
  messageOf('password-changed', { at }),
  messageOf('recovery-code-used', { at, remaining: 9 }),
  messageOf('recovery-codes-low', { at, remaining: 1 }),
  messageOf('email-changed', { at }),
];
const factors = [
  messageOf('factor-added', { at }),
  messageOf('sms-factor-added', { at }),
  messageOf('factor-removed', { at }),
  messageOf('factors-reset', { at }),
  messageOf('recovery-codes-created', { at }),
];

it('SR-20 sign-ins and devices, however many, keep back no notice of changed credentials, of theft or of bank accounts', async () => {
  const { id: userId } = await register(auth);
  const expiresAt = new Date(Date.now() + 600_000);
  const mails = (messages: readonly (typeof repeated | typeof changes)[number][]) =>
    messages.map((message) => ({ channel: 'email' as const, to: { userId }, expiresAt, ...message }));
  for (let count = 0; count < 5; count += 1) await deliver(auth, ...mails(repeated));
  for (const { template } of repeated) {
    const states = await statesOf(template, 5);
    expect(states.filter((state) => state === 'suppressed')).toHaveLength(2);
  }
  await deliver(auth, ...mails(changes));
  for (const { template } of changes) expect([template, await statesOf(template, 1)]).toEqual([template, ['sent']]);
});

it('SR-20 no mail that tells of second factors or recovery codes is kept back, however many there were of it and of others', async () => {
  const { id: userId } = await register(auth);
  const expiresAt = new Date(Date.now() + 600_000);
  const count = 5;
  for (const message of [...usedUp, ...factors]) {
    const before = (await deliveriesBy(auth, 'email')).filter(({ template }) => template === message.template).length;
    const mails = Array.from({ length: count }, () => ({
      channel: 'email' as const,
      to: { userId },
      expiresAt,
      ...message,
    }));
    await deliver(auth, ...mails);
    const states = (await statesOf(message.template, before + count)).slice(-count);
    const isLimited = usedUp.some(({ template }) => template === message.template);
    expect([message.template, states.includes('suppressed')]).toEqual([message.template, isLimited]);
  }
});
