import { publishEvents, request } from '@bank/composition/testing';
import { parse, UserIdSchema, uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { encodeEvent, UserRegisteredSchema } from '@bank/proto/events';
import { raceOf, until, winners } from '@bank/testing';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { profileApp } from './profile-app.ts';

const app = profileApp();
const path = '/v1/settings/consents';

interface Listed {
  current: { purpose: string; given: boolean; outdated: boolean; version: string }[];
  items: { id: string; purpose: string; decision: string; version: string }[];
  nextCursor: string | null;
}

function givenUser() {
  const [userId, sessionId, deviceId] = [parse(UserIdSchema, uuidv7()), uuidv7(), uuidv7()];
  return { userId, sessionId, deviceId, token: app.issuer.token({ userId, sessionId, deviceId }) };
}

function decide(token: string, body: object, headers: Record<string, string> = {}) {
  const said = { purpose: 'analytics', version: '2026-01', decision: 'given', ...body };
  return request(app.service, 'POST', path, { token, body: said, headers });
}

async function list(token: string, query = ''): Promise<Listed> {
  return (await request(app.service, 'GET', `${path}${query}`, { token })).body as unknown as Listed;
}

function outboxOf(userId: string) {
  return app.database.query<{ type: string; data: Record<string, unknown> }>(
    'select type, data from profile.outbox where subject = $1 order by id',
    [userId],
  );
}

describe('POST /v1/settings/consents', () => {
  test('201: a decision, with what proves it', async () => {
    const { token, userId, sessionId, deviceId } = givenUser();
    const answer = await decide(token, { purpose: 'marketing_email' });
    const proof = { purpose: 'marketing_email', version: '2026-01', decision: 'given', deviceId, sessionId };
    expect(answer).toMatchObject({ status: 201, body: proof });
    const [event, audit] = await outboxOf(userId);
    const told = { purpose: 'marketing_email', textVersion: '2026-01' };
    expect(event).toMatchObject({
      type: 'consent.recorded.v1',
      data: { ...told, userId, decision: 'CONSENT_DECISION_GIVEN', sequence: '1' },
    });
    expect(event?.data).not.toHaveProperty('sessionId');
    expect(audit?.data).toMatchObject({ action: 'consent.recorded', details: { ...told, decision: 'given' } });
  });

  test('200: what holds already is not recorded again', async () => {
    const { token, userId } = givenUser();
    const first = await decide(token, {});
    const again = await decide(token, {});
    expect(again).toMatchObject({ status: 200, body: first.body });
    await decide(token, { decision: 'withdrawn' });
    expect((await decide(token, { decision: 'withdrawn' })).status).toBe(200);
    expect((await outboxOf(userId)).filter(({ type }) => type === 'consent.recorded.v1')).toHaveLength(2);
  });

  test('what is withdrawn is the text that was given, whichever the sender names', async () => {
    const { token, userId } = givenUser();
    await app.database.query(
      `insert into profile.consents (id, user_id, purpose, sequence, text_version, decision, recorded_at)
        values ($1, $2, 'analytics', 1, '2025-12', 'given', now())`,
      [uuidv7(), userId],
    );
    for (const version of ['2026-01', 'zzz-not-a-version']) {
      const answer = await decide(token, { decision: 'withdrawn', version });
      expect(answer.body).toMatchObject({ decision: 'withdrawn', version: '2025-12' });
    }
    const told = (await outboxOf(userId)).filter(({ type }) => type === 'consent.recorded.v1');
    expect(told.at(-1)?.data).toMatchObject({ textVersion: '2025-12' });
  });

  test('201: an Idempotency-Key gives the first answer again', async () => {
    const { token } = givenUser();
    const key = { 'idempotency-key': uuidv7() };
    const first = await decide(token, {}, key);
    expect(await decide(token, {}, key)).toMatchObject({ status: 201, body: first.body });
    expect((await decide(token, { purpose: 'data_sharing' }, key)).status).toBe(409);
  });

  test('one decision of many equal ones at once is recorded', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token, userId } = givenUser();
      const outcomes = winners(await raceOf(4, () => decide(token, {})));
      expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
      expect(await app.database.query('select 1 from profile.consents where user_id = $1', [userId])).toHaveLength(1);
    }
  });

  test('consents and withdrawals at once leave a history without gaps, whose last one holds', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token, userId } = givenUser();
      await decide(token, {});
      const said = ['withdrawn', 'given', 'withdrawn', 'given'];
      const outcomes = winners(await raceOf(said.length, (index) => decide(token, { decision: said[index] })));
      expect(outcomes.every(({ status }) => status === 200 || status === 201)).toBe(true);
      const rows = await app.database.query<{ sequence: number; decision: string }>(
        'select sequence, decision from profile.consents where user_id = $1 order by sequence',
        [userId],
      );
      expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_row, index) => index + 1));
      expect(rows.map(({ decision }) => decision)).toEqual(
        rows.map((_row, index) => (index % 2 === 0 ? 'given' : 'withdrawn')),
      );
      const analytics = (await list(token)).current.find(({ purpose }) => purpose === 'analytics');
      expect(analytics?.given).toBe(rows.at(-1)?.decision === 'given');
    }
  });

  test.each([
    ['an older text', { version: '2025-12' }, 'consent.version.outdated'],
    ['a withdrawal of what was not given', { decision: 'withdrawn' }, 'consent.not_given'],
    ['a withdrawal of the terms', { purpose: 'terms', decision: 'withdrawn' }, 'consent.not_withdrawable'],
  ])('409: %s', async (_what, body, code) => {
    const { token, userId } = givenUser();
    expect(await decide(token, body)).toMatchObject({ status: 409, body: { code } });
    expect(await outboxOf(userId)).toEqual([]);
  });

  test.each([
    [{ purpose: 'everything' }, 'purpose', 'purpose'],
    [{ purpose: 'constructor' }, 'purpose', 'purpose'],
    [{ version: 'a b' }, 'version', 'text_version'],
    [{ decision: 'maybe' }, 'decision', 'picklist'],
  ])('422: %j', async (body, field, rule) => {
    const answer = await decide(givenUser().token, body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule }] } });
  });

  test('SR-66, 422: what proves a decision is not for its user to say', async () => {
    const { token } = givenUser();
    for (const field of ['id', 'userId', 'user_id', 'sequence', 'deviceId', 'sessionId', 'recordedAt', 'at']) {
      const answer = await decide(token, { [field]: uuidv7() });
      expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule: 'unknown_field' }] } });
    }
    expect((await list(token)).items).toEqual([]);
  });

  test('401: without a token', async () => {
    expect((await request(app.service, 'POST', path, { body: {} })).status).toBe(401);
  });
});

describe('GET /v1/settings/consents', () => {
  test('200: how each purpose stands, and the history by pages, the newest first', async () => {
    const { token } = givenUser();
    for (const decision of ['given', 'withdrawn', 'given']) await decide(token, { decision });
    await decide(token, { purpose: 'data_sharing' });
    const first = await list(token, '?limit=3');
    expect(first.items.map(({ purpose, decision }) => `${purpose} ${decision}`)).toEqual([
      ...['data_sharing given', 'analytics given', 'analytics withdrawn'],
    ]);
    const second = await list(token, `?limit=3&cursor=${first.nextCursor}`);
    expect(second).toMatchObject({ items: [{ purpose: 'analytics', decision: 'given' }], nextCursor: null });
    expect(first.current.filter(({ given }) => given).map(({ purpose }) => purpose)).toEqual([
      ...['analytics', 'data_sharing'],
    ]);
  });

  test('SR-65: nobody sees those of others, nor goes on in their list', async () => {
    const [one, other] = [givenUser(), givenUser()];
    for (const decision of ['given', 'withdrawn']) await decide(one.token, { decision });
    expect((await list(other.token)).items).toEqual([]);
    const { nextCursor } = await list(one.token, '?limit=1');
    const stolen = await request(app.service, 'GET', `${path}?cursor=${nextCursor}`, { token: other.token });
    expect(stolen.status).toBe(422);
  });
});

describe('user.registered.v1', () => {
  test('SR-89: brings the terms that were accepted, once', async () => {
    const { userId, token } = givenUser();
    const facts = { userId, clientId: 'web', acceptedTerms: '2025-07', registeredAt: timestampNow() };
    const ids = [uuidv7(), uuidv7()];
    await publishEvents(
      app,
      'auth',
      ids.map((id) => ({ id, subject: userId, ...encodeEvent(UserRegisteredSchema, facts) })),
    );
    const handled = () => app.database.query('select 1 from profile.inbox where message_id = any($1)', [ids]);
    await until(async () => (await handled()).length === ids.length);
    const { current, items } = await list(token);
    expect(items).toMatchObject([{ purpose: 'terms', version: '2025-07', deviceId: null, sessionId: null }]);
    expect(current[0]).toMatchObject({ purpose: 'terms', given: true, outdated: true, version: '2026-01' });
    expect((await decide(token, { purpose: 'terms' })).status).toBe(201);
  });
});

describe('what was recorded', () => {
  test('SR-88: outlives an erasure, which deletes the settings', async () => {
    const { token, userId } = givenUser();
    await decide(token, {});
    const headers = { 'if-match': '"v0"' };
    await request(app.service, 'PATCH', '/v1/settings', { token, headers, body: { currency: 'USD' } });
    const rights = await app.client(DataRightsService, 'spiffe://bank/app/profile');
    await rights.eraseUser({ userId, requestId: uuidv7() });
    const left = (table: string) => app.database.query(`select 1 from profile.${table} where user_id = $1`, [userId]);
    expect(await left('settings')).toEqual([]);
    expect(await left('consents')).toHaveLength(1);
    expect(await decide(token, { purpose: 'terms' })).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
  });

  test('stays as it was written, for this service as well', async () => {
    const { token, userId } = givenUser();
    await decide(token, {});
    for (const sql of [
      "update profile.consents set decision = 'withdrawn' where user_id = $1",
      'delete from profile.consents where user_id = $1',
    ]) {
      const { pool } = app.ctx.database;
      await expect(pool.query(sql, [userId])).rejects.toThrow(/permission denied/);
    }
  });
});
