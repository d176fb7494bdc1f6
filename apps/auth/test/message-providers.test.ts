import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '#config.ts';
import { freshEmail, registration } from './support/accounts.ts';
import { basics, startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { deliveryIn } from './support/messages.ts';

const auth = await startAuth({ env: { EMAIL_PROVIDERS: 'sendgrid, smtp', MESSAGE_DEADLINE_MS: '500' } });

async function carriedBySendgrid(email: string) {
  return await until(() => auth.carriers.sendgrid.find(({ to }) => to === email), { what: 'mail by SendGrid' });
}

/** What is recorded of a message that came by SMTP in the end. */
async function sentBySmtp(email: string) {
  const before = await auth.database.query(`select 1 from auth.deliveries where provider = 'smtp'`);
  await post(auth, '/v1/auth/register', registration(email));
  await auth.mailbox.newest(email, /Confirm/);
  return await until(async () => {
    const rows = await auth.database.query(`select * from auth.deliveries where provider = 'smtp' order by settled_at`);
    return rows[before.length];
  });
}

describe('the first of two providers', () => {
  it('carries alone what it accepts', async () => {
    const email = freshEmail();
    await post(auth, '/v1/auth/register', registration(email));
    const { id, deliveryId, text } = await carriedBySendgrid(email);
    const row = await deliveryIn(auth, deliveryId, 'sent');
    expect(row).toMatchObject({ provider: 'sendgrid', provider_message_id: id, attempts: 1 });
    expect(text).toMatch(/\d{6}/);
    expect(await auth.mailbox.received(email)).toEqual([]);
  });

  it.each([
    ['fails', { status: 503 }],
    ['hangs', 'hang'],
  ] as const)('gives way to the second when it %s, within the same attempt', async (_, behaviour) => {
    auth.carriers.behave.sendgrid = behaviour;
    const email = freshEmail();
    expect(await sentBySmtp(email)).toMatchObject({ provider: 'smtp', attempts: 1, failure: null });
    auth.carriers.behave.sendgrid = 'accept';
  });

  it('does not give way when it says that the message will never be accepted', async () => {
    auth.carriers.behave.sendgrid = { status: 413 };
    const email = freshEmail();
    await post(auth, '/v1/auth/register', registration(email));
    const failed = await until(async () => {
      const rows = await auth.database.query<{ failure: string }>(
        `select * from auth.deliveries where state = 'failed'`,
      );
      return rows[0];
    });
    expect(failed.failure).toBe('SENDGRID_TOO_LARGE');
    expect(await auth.mailbox.received(email)).toEqual([]);
    auth.carriers.behave.sendgrid = 'accept';
  });
});

describe('configuration', () => {
  const environment = (changes: Record<string, string>): NodeJS.ProcessEnv => ({
    ...basics,
    DATABASE_URL: 'postgres://auth_app:test@db.example/auth',
    REDIS_URL: 'redis://db.example',
    RABBITMQ_URL: 'amqp://db.example',
    ...auth.carriers.env,
    ...auth.files.env,
    ...changes,
  });

  it.each([
    [{}, 'SMTP_URL: is needed by smtp'],
    [{ EMAIL_PROVIDERS: 'sendgrid', SENDGRID_API_KEY: '' }, 'SENDGRID_API_KEY: is needed by sendgrid'],
    [{ EMAIL_PROVIDERS: 'sendgrid', TWILIO_AUTH_TOKEN: '' }, 'TWILIO_AUTH_TOKEN: is needed by twilio'],
    [{ EMAIL_PROVIDERS: 'sendgrid', TWILIO_FROM: '' }, 'TWILIO_MESSAGING_SERVICE_SID: or TWILIO_FROM is needed'],
    [{ EMAIL_PROVIDERS: 'notification' }, 'NOTIFICATION_RPC_URL: is needed by notification'],
    [{ EMAIL_PROVIDERS: 'pigeon' }, 'EMAIL_PROVIDERS: must be of'],
    [{ EMAIL_PROVIDERS: 'smtp,smtp' }, 'EMAIL_PROVIDERS: must be of'],
    [
      { NODE_ENV: 'production', EMAIL_PROVIDERS: 'sendgrid', TWILIO_BASE_URL: 'http://twilio.example' },
      'TWILIO_BASE_URL: production needs TLS',
    ],
  ])('%j is refused by name', (changes, problem) => {
    expect(() => loadConfig(environment(changes))).toThrow(problem);
  });

  it('that is complete is taken', () => {
    const config = loadConfig(environment({ EMAIL_PROVIDERS: 'sendgrid' }));
    expect(config).toMatchObject({ EMAIL_PROVIDERS: ['sendgrid'], SMS_PROVIDERS: ['twilio'], SMS_PER_HOUR: 5000 });
  });
});
