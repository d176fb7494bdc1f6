import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { raceOf } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { givenProfile, profileApp } from './profile-app.ts';

const app = profileApp();
const path = '/v1/profile';
const firstTag = { 'if-match': '"v1"' };

function patch(token: string, body: unknown, headers: Record<string, string> = firstTag) {
  return request(app.service, 'PATCH', path, { token, body, headers });
}

async function outboxOf(userId: string) {
  return app.database.query<{ type: string; data: Record<string, unknown> }>(
    'select type, data from profile.outbox where subject = $1 order by id',
    [userId],
  );
}

describe('GET /v1/profile', () => {
  test('200: the own profile, with its version as the tag', async () => {
    const { userId, token } = await givenProfile(app);
    const answer = await request(app.service, 'GET', path, { token });
    expect(answer).toMatchObject({ status: 200, body: { userId, givenName: null, occupation: null } });
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('404: a user whose activation has not arrived yet', async () => {
    const answer = await request(app.service, 'GET', path, { token: app.issuer.token() });
    expect(answer).toMatchObject({ status: 404, body: { code: 'profile.not_found' } });
  });

  test('401: without a token', async () => {
    expect((await request(app.service, 'GET', path)).status).toBe(401);
  });
});

describe('PATCH /v1/profile', () => {
  test('200: what is named changes, null removes, the rest stays', async () => {
    const { token } = await givenProfile(app);
    const first = await patch(token, { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10' });
    expect(first).toMatchObject({ status: 200, body: { givenName: 'Ada', familyName: 'Lovelace' } });
    expect(first.headers.get('etag')).toBe('"v2"');
    const second = await patch(token, { givenName: null, occupation: 'Engineer' }, { 'if-match': '"v2"' });
    expect(second.body).toMatchObject({ givenName: null, familyName: 'Lovelace', occupation: 'Engineer' });
    const { body } = await request(app.service, 'GET', path, { token });
    expect(body).toEqual(second.body);
  });

  test('200: what it tells of oneself and one’s money', async () => {
    const { token } = await givenProfile(app);
    const taxResidencies = [
      { country: 'DE', tin: '65 929 970 489', noTinReason: null, explanation: null },
      { country: 'AE', tin: null, noTinReason: 'not_issued', explanation: null },
      { country: 'US', tin: null, noTinReason: 'unobtainable', explanation: 'Applied for in March' },
    ];
    const given = { residence: 'DE', gender: 'self_described', genderDescription: 'Mine', sourceOfFunds: 'employment' };
    const short = [
      { country: 'DE', tin: '65 929 970 489' },
      { country: 'AE', noTinReason: 'not_issued' },
      taxResidencies[2],
    ];
    const answer = await patch(token, { ...given, taxResidencies: short });
    expect(answer).toMatchObject({ status: 200, body: { ...given, taxResidencies } });
    const cleared = await patch(token, { gender: null, taxResidencies: null }, { 'if-match': '"v2"' });
    expect(cleared.body).toMatchObject({ gender: null, genderDescription: null, taxResidencies: [], residence: 'DE' });
  });

  test('200: the media type of merge patches is taken too', async () => {
    const { token } = await givenProfile(app);
    const headers = { ...firstTag, 'content-type': 'application/merge-patch+json' };
    expect((await patch(token, { nationality: 'NG' }, headers)).status).toBe(200);
  });

  test('200: what changes is told of by name, never by value, and goes to the ledger', async () => {
    const { userId, token } = await givenProfile(app);
    await patch(token, { givenName: 'Ada', nationality: 'NG' });
    const [, event, audit] = await outboxOf(userId);
    expect(event).toMatchObject({
      type: 'profile.updated.v1',
      data: { userId, version: '2', changedFields: ['givenName', 'nationality'] },
    });
    expect(audit?.data).toMatchObject({
      action: 'profile.updated',
      actor: { kind: 'ACTOR_KIND_USER', id: userId },
      details: { version: 2, fields: 'givenName nationality' },
    });
    expect(JSON.stringify([event, audit])).not.toContain('Ada');
  });

  test('200: a patch that changes nothing keeps the version and tells nobody', async () => {
    const { userId, token } = await givenProfile(app);
    await patch(token, { givenName: 'Ada' });
    const before = await outboxOf(userId);
    const again = await patch(token, { givenName: 'Ada' }, { 'if-match': '"v2"' });
    expect(again.status).toBe(200);
    expect(again.headers.get('etag')).toBe('"v2"');
    expect(await outboxOf(userId)).toEqual(before);
  });

  test('412: a tag that is stale', async () => {
    const { token } = await givenProfile(app);
    await patch(token, { givenName: 'Ada' });
    const stale = await patch(token, { givenName: 'Grace' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'request.precondition_failed' } });
    const { body } = await request(app.service, 'GET', path, { token });
    expect(body).toMatchObject({ givenName: 'Ada' });
  });

  test('412: of many changes at once on one tag all but one', async () => {
    const { userId, token } = await givenProfile(app);
    const letters = 'ABCDEFGHIJKL'.split('');
    const outcomes = await raceOf(letters.length, (index) => patch(token, { givenName: letters[index] }));
    const statuses = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.status : 0));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(letters.length - 1);
    const events = (await outboxOf(userId)).filter(({ type }) => type === 'profile.updated.v1');
    expect(events).toHaveLength(1);
  });

  test('428: without If-Match, and with the one that names nothing', async () => {
    const { token } = await givenProfile(app);
    expect((await patch(token, { givenName: 'Ada' }, {})).status).toBe(428);
    expect((await patch(token, { givenName: 'Ada' }, { 'if-match': '*' })).status).toBe(428);
  });

  test('404: a user without a profile', async () => {
    expect((await patch(app.issuer.token(), { givenName: 'Ada' })).status).toBe(404);
  });

  test.each([
    ['dateOfBirth', '2999-01-01', 'plausible_date'],
    ['dateOfBirth', '1990-02-30', 'calendar_date'],
    ['dateOfBirth', `${new Date().getUTCFullYear() - 17}-01-01`, 'age_min'],
    ['nationality', 'ZZ', 'country_code'],
    ['residence', 'ZZ', 'country_code'],
    ['gender', 'other', 'picklist'],
    ['genderDescription', 'Mine', 'needs_self_described'],
    ['sourceOfFunds', 'luck', 'picklist'],
    ['givenName', ' ', 'name_characters'],
    ['givenName', 'x'.repeat(101), 'max_length'],
    ['occupation', 7, 'string'],
  ])('422: %s as %j', async (field, value, rule) => {
    const { token } = await givenProfile(app);
    const answer = await patch(token, { [field]: value });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule }] } });
  });
});

describe('tax residencies', () => {
  const residency = { country: 'DE', tin: '65929970489' };

  test.each([
    ['six', ['DE', 'FR', 'GB', 'US', 'AE', 'NG'].map((country) => ({ country, tin: '1' })), '', 'max_length'],
    ['a country twice', [residency, residency], '', 'unique_countries'],
    ['neither number nor reason', [{ country: 'DE' }], '.0', 'tin_or_reason'],
    ['both', [{ ...residency, noTinReason: 'not_issued' }], '.0', 'tin_or_reason'],
    ['a reason to be explained', [{ country: 'DE', noTinReason: 'unobtainable' }], '.0', 'explanation_of_unobtainable'],
    ['an explanation of nothing', [{ ...residency, explanation: 'x' }], '.0', 'explanation_of_unobtainable'],
    ['SR-76: a formula', [{ country: 'DE', tin: '=1+1' }], '.0.tin', 'tin_characters'],
    ['SR-66: a field of ours', [{ ...residency, verified: true }], '.0.verified', 'unknown_field'],
  ])('422: %s', async (_, taxResidencies, path, rule) => {
    const { token } = await givenProfile(app);
    const errors = [{ path: `taxResidencies${path}`, rule }];
    expect(await patch(token, { taxResidencies })).toMatchObject({ status: 422, body: { errors } });
  });
});

describe('SR-66: fields that nobody writes', () => {
  const others = ['role', 'roles', 'status', 'kycStatus', 'kycTier', 'emailVerified', 'addresses', 'avatar'];

  async function refuses(token: string, field: string) {
    const answer = await patch(token, { givenName: 'Ada', [field]: uuidv7() });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule: 'unknown_field' }] } });
    const { body } = await request(app.service, 'GET', path, { token });
    expect(body).toMatchObject({ givenName: null });
  }

  test('422: every column there is, as the table and as the API spells it', async () => {
    const { token } = await givenProfile(app);
    const columns = await app.database.query<{ name: string }>(
      "select column_name as name from information_schema.columns where table_schema = 'profile' and table_name = 'profiles'",
    );
    expect(columns.length).toBeGreaterThan(9);
    for (const { name } of columns) {
      await refuses(token, name);
      await refuses(
        token,
        name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
      );
    }
  });

  test.each(others)('422: %s', async (field) => {
    const { token } = await givenProfile(app);
    await refuses(token, field);
  });

  test.each(['__proto__', 'constructor'])('400: %s', async (key) => {
    const { token } = await givenProfile(app);
    const body = JSON.parse(`{"${key}": {"givenName": "Ada"}}`);
    expect(await patch(token, body)).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  });
});

describe('SR-76: names', () => {
  test.each(["Ada O'Neil", 'José', 'Nguyễn Thị', '李小龍', 'نیک‌نام', 'Jr. (III)', 'Gal·la'])(
    '200: %s',
    async (name) => {
      const { token } = await givenProfile(app);
      expect(await patch(token, { givenName: name })).toMatchObject({ status: 200, body: { givenName: name } });
    },
  );

  test.each([
    'Ada\r\nBcc: x@example.com',
    '<a href="//x">Ada</a>',
    '=cmd|calc',
    '{{7*7}}',
    'Ada\u202E',
    'a\u0007b',
    '...',
  ])('422: %j', async (name) => {
    const { token } = await givenProfile(app);
    const answer = await patch(token, { familyName: name });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'familyName', rule: 'name_characters' }] } });
    expect(JSON.stringify(answer.body)).not.toContain(name.slice(0, 4));
  });

  test('422: an occupation of two lines', async () => {
    const { token } = await givenProfile(app);
    const answer = await patch(token, { occupation: 'Engineer\nAdmin' });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'occupation', rule: 'plain_text' }] } });
  });
});
