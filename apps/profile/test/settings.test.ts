import { publishEvents, request } from '@bank/composition/testing';
import { parse, UserIdSchema, uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { encodeEvent, UserActivatedSchema } from '@bank/proto/events';
import { holdUntilAwaited, raceOf, until, winners } from '@bank/testing';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { profileApp } from './profile-app.ts';

const app = profileApp();
const path = '/v1/settings';
const unwritten = { 'if-match': '"v0"' };

function givenUser() {
  const userId = parse(UserIdSchema, uuidv7());
  return { userId, token: app.issuer.token({ userId }) };
}

function get(token: string) {
  return request(app.service, 'GET', path, { token });
}

function patch(token: string, body: unknown, headers: Record<string, string> = unwritten) {
  return request(app.service, 'PATCH', path, { token, body, headers });
}

function outboxOf(userId: string) {
  return app.database.query<{ type: string; data: Record<string, unknown> }>(
    'select type, data from profile.outbox where subject = $1 order by id',
    [userId],
  );
}

async function activate(userId: string, locale: string): Promise<void> {
  const id = uuidv7();
  const facts = { userId, roles: ['customer'], locale, activatedAt: timestampNow() };
  await publishEvents(app, 'auth', [{ id, subject: userId, ...encodeEvent(UserActivatedSchema, facts) }]);
  const handled = () => app.database.query('select 1 from profile.inbox where message_id = $1', [id]);
  await until(async () => (await handled()).length === 1);
}

describe('GET /v1/settings', () => {
  test('200: the defaults of the bank before anything was written', async () => {
    const answer = await get(givenUser().token);
    expect(answer).toMatchObject({
      status: 200,
      body: { language: 'en', currency: 'EUR', timeZone: 'UTC', quietHours: null, updatedAt: null },
    });
    expect(answer.body).toMatchObject({ notifications: { sms: { security: true, marketing: false } } });
    expect(answer.headers.get('etag')).toBe('"v0"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('200: the language of the registration, made canonical, where there is such a language', async () => {
    const [one, other] = [givenUser(), givenUser()];
    await activate(one.userId, 'pt-br');
    await activate(other.userId, 'xx-nothing');
    expect(await get(one.token)).toMatchObject({ body: { language: 'pt-BR' } });
    expect(await get(other.token)).toMatchObject({ body: { language: 'en' } });
  });

  test('200: the first change fits whether the activation was heard of before or not', async () => {
    const { userId, token } = givenUser();
    expect((await get(token)).headers.get('etag')).toBe('"v0"');
    await activate(userId, 'de');
    expect((await get(token)).headers.get('etag')).toBe('"v0"');
    expect(await patch(token, { currency: 'NGN' })).toMatchObject({ status: 200, body: { language: 'de' } });
    expect((await get(token)).headers.get('etag')).toBe('"v1"');
  });

  test('401: without a token', async () => {
    expect((await request(app.service, 'GET', path)).status).toBe(401);
  });
});

describe('PATCH /v1/settings', () => {
  test('200: the first change fits while the activation is being heard of, and keeps what it brings', async () => {
    const { userId, token } = givenUser();
    const registration = await holdUntilAwaited(
      app.database,
      `insert into profile.settings (user_id, version, language, created_at, updated_at)
        values ('${userId}', 0, 'de', now(), now())`,
    );
    expect(await patch(token, { currency: 'NGN' })).toMatchObject({
      status: 200,
      body: { language: 'de', currency: 'NGN' },
    });
    await registration.committed;
    expect((await get(token)).headers.get('etag')).toBe('"v1"');
  });

  test('200: what is named changes, null gives the default back, the rest stays', async () => {
    const { token } = givenUser();
    const first = await patch(token, {
      language: 'EN-gb',
      currency: 'NGN',
      timeZone: 'Africa/Lagos',
      notifications: { email: { product: false }, push: { marketing: true } },
      quietHours: { from: '22:00', to: '07:00' },
      privacy: { personalisation: true },
    });
    expect(first).toMatchObject({
      status: 200,
      body: { language: 'en-GB', currency: 'NGN', timeZone: 'Africa/Lagos' },
    });
    expect(first.headers.get('etag')).toBe('"v1"');
    const second = await patch(token, { currency: null, quietHours: { to: '06:30' } }, { 'if-match': '"v1"' });
    expect(second.body).toMatchObject({
      language: 'en-GB',
      currency: 'EUR',
      notifications: { email: { product: false, account: true }, push: { marketing: true } },
      quietHours: { from: '22:00', to: '06:30' },
      privacy: { personalisation: true, analytics: false },
    });
    expect((await get(token)).body).toEqual(second.body);
  });

  test('200: what was written before the activation is heard of stays', async () => {
    const { userId, token } = givenUser();
    await patch(token, { language: 'fr' });
    await activate(userId, 'de');
    expect(await get(token)).toMatchObject({ body: { language: 'fr' } });
  });

  test('200: who wrote a setting before the activation is heard of has the language they registered with as well', async () => {
    const { userId, token } = givenUser();
    await patch(token, { timeZone: 'America/Sao_Paulo' });
    await activate(userId, 'pt-BR');
    const answer = await get(token);
    expect(answer.body).toMatchObject({ language: 'pt-BR', timeZone: 'America/Sao_Paulo' });
    expect(answer.headers.get('etag')).toBe('"v2"');
    const told = (await outboxOf(userId)).filter(({ type }) => type === 'settings.updated.v1');
    expect(told.at(-1)?.data).toMatchObject({ version: '2', changedFields: ['language'] });
  });

  test('200: all switches at once, as a form sends them, go to the ledger as well', async () => {
    const { userId, token } = givenUser();
    const kinds = { account: true, transactions: false, product: false, marketing: false };
    const { status } = await patch(token, { notifications: { email: kinds, sms: kinds, push: kinds } });
    expect(status).toBe(200);
    const [, audit] = await outboxOf(userId);
    expect(JSON.stringify(audit?.data)).toContain('notifications.push.marketing');
  });

  test('200: what changes is told of by name, never by value, and goes to the ledger', async () => {
    const { userId, token } = givenUser();
    await patch(token, { timeZone: 'Asia/Kolkata', notifications: { sms: { transactions: false } } });
    const [event, audit] = await outboxOf(userId);
    const changedFields = ['timeZone', 'notifications.sms.transactions'];
    expect(event).toMatchObject({ type: 'settings.updated.v1', data: { userId, version: '1', changedFields } });
    expect(audit?.data).toMatchObject({
      action: 'settings.updated',
      details: { version: 1, fields: changedFields.join(' ') },
    });
    expect(JSON.stringify([event, audit])).not.toContain('Kolkata');
  });

  test('200: a patch that changes nothing keeps the version and tells nobody', async () => {
    const { userId, token } = givenUser();
    const answer = await patch(token, { currency: null, notifications: { email: { security: true } } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).toBe('"v0"');
    expect(await outboxOf(userId)).toEqual([]);
  });

  test('412: a tag that is stale', async () => {
    const { token } = givenUser();
    await patch(token, { currency: 'NGN' });
    const stale = await patch(token, { currency: 'USD' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'request.precondition_failed' } });
    expect(await get(token)).toMatchObject({ body: { currency: 'NGN' } });
  });

  test('412: of several changes at once on one tag all but one, the first ones included', async () => {
    const currencies = ['USD', 'GBP', 'JPY', 'CHF'];
    for (let round = 0; round < 20; round += 1) {
      const { userId, token } = givenUser();
      const version = round % 2;
      if (version === 1) await patch(token, { currency: 'NGN' });
      const outcomes = await raceOf(currencies.length, (index) =>
        patch(token, { currency: currencies[index] }, { 'if-match': `"v${version}"` }),
      );
      expect(
        winners(outcomes)
          .map(({ status }) => status)
          .sort(),
      ).toEqual([200, 412, 412, 412]);
      const events = (await outboxOf(userId)).filter(({ type }) => type === 'settings.updated.v1');
      expect(events).toHaveLength(version + 1);
    }
  });

  test('428: without If-Match', async () => {
    expect((await patch(givenUser().token, { currency: 'USD' }, {})).status).toBe(428);
  });

  test('404: a user who has been erased', async () => {
    const { userId, token } = givenUser();
    const rights = await app.client(DataRightsService, 'spiffe://bank/app/profile');
    await rights.eraseUser({ userId, requestId: uuidv7() });
    expect(await patch(token, { currency: 'USD' })).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
    expect(await app.database.query('select 1 from profile.settings where user_id = $1', [userId])).toEqual([]);
  });

  test.each([
    [{ language: 'xx' }, 'language', 'language_tag'],
    [{ language: 'de-x-secret' }, 'language', 'language_tag'],
    [{ currency: 'ZZZ' }, 'currency', 'currency_code'],
    [{ currency: 'DEM' }, 'currency', 'currency_code'],
    [{ timeZone: '+01:00' }, 'timeZone', 'time_zone'],
    [{ timeZone: 'Europe/BERLIN' }, 'timeZone', 'time_zone'],
    [{ quietHours: { from: '24:00', to: '07:00' } }, 'quietHours.from', 'local_time'],
    [{ quietHours: { from: '22:00' } }, 'quietHours.to', 'required'],
    [{ quietHours: { from: '22:00', to: '22:00' } }, 'quietHours.to', 'other_than_from'],
    [{ notifications: { sms: { product: 'yes' } } }, 'notifications.sms.product', 'boolean'],
    [{ notifications: { letter: { product: true } } }, 'notifications.letter', 'unknown_field'],
    [{ privacy: { everything: true } }, 'privacy.everything', 'unknown_field'],
  ])('422: %j', async (body, field, rule) => {
    const answer = await patch(givenUser().token, body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule }] } });
  });

  test.each(['email', 'sms', 'push'])('422: messages about security are not switched off by %s', async (channel) => {
    for (const security of [false, null]) {
      const answer = await patch(givenUser().token, { notifications: { [channel]: { security } } });
      const errors = [{ path: `notifications.${channel}.security`, rule: 'always_on' }];
      expect(answer).toMatchObject({ status: 422, body: { errors } });
    }
  });
});

describe('offers by mail and text message', () => {
  const on = (channel: string) => ({ notifications: { [channel]: { marketing: true } } });
  const decide = (token: string, purpose: string, decision: string) =>
    request(app.service, 'POST', `${path}/consents`, { token, body: { purpose, decision, version: '2026-01' } });

  test('409: are not switched on without a consent', async () => {
    for (const channel of ['email', 'sms']) {
      const { token } = givenUser();
      const refused = { status: 409, body: { code: 'settings.consent_missing' } };
      expect(await patch(token, on(channel))).toMatchObject(refused);
      await decide(token, `marketing_${channel}`, 'given');
      expect(await patch(token, on(channel))).toMatchObject({ status: 200, body: on(channel) });
    }
  });

  test('are switched off by whoever withdraws their consent, for other services at once', async () => {
    const { userId, token } = givenUser();
    await decide(token, 'marketing_email', 'given');
    await patch(token, on('email'));
    await decide(token, 'marketing_email', 'withdrawn');
    expect(await get(token)).toMatchObject({ body: { notifications: { email: { marketing: false } } } });
    expect(await app.ctx.settingsCache.get(userId)).toMatchObject({ version: 2, emailMarketing: false });
    const told = (await outboxOf(userId)).filter(({ type }) => type === 'settings.updated.v1');
    expect(told.at(-1)?.data).toMatchObject({ version: '2', changedFields: ['notifications.email.marketing'] });
  });

  test('are never on without a consent, whatever comes first', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token } = givenUser();
      await decide(token, 'marketing_email', 'given');
      const outcomes = await raceOf(2, (index) =>
        index === 0 ? patch(token, on('email')) : decide(token, 'marketing_email', 'withdrawn'),
      );
      expect(winners(outcomes).every(({ status }) => [200, 201, 409, 412].includes(status))).toBe(true);
      expect(await get(token)).toMatchObject({ body: { notifications: { email: { marketing: false } } } });
    }
  });
});

describe('SR-65: the settings of others', () => {
  test('are out of reach: a token reads and writes its own user alone', async () => {
    const [one, other] = [givenUser(), givenUser()];
    await patch(one.token, { currency: 'NGN' });
    expect(await get(other.token)).toMatchObject({ body: { currency: 'EUR' } });
    await patch(other.token, { currency: 'USD' });
    expect(await get(one.token)).toMatchObject({ body: { currency: 'NGN' } });
  });
});

describe('SR-66: fields that nobody writes', () => {
  test('422: every column of the table, and what is not there', async () => {
    const columns = await app.database.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_schema = 'profile' and table_name = 'settings'",
    );
    const { token } = givenUser();
    const names = columns.map(({ name }) => name).filter((name) => name !== 'language' && name !== 'currency');
    expect(names.length).toBeGreaterThan(20);
    for (const field of [...names, 'userId', 'updatedAt', 'roles', 'kycStatus']) {
      const answer = await patch(token, { currency: 'USD', [field]: true });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule: 'unknown_field' }] } });
    }
    expect(await get(token)).toMatchObject({ body: { currency: 'EUR' } });
  });

  test.each(['__proto__', 'constructor'])('400: %s', async (key) => {
    const body = JSON.parse(`{"notifications": {"${key}": {"security": true}}}`);
    expect(await patch(givenUser().token, body)).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  });
});
