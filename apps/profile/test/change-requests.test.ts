import { keepDeliveries, messagesTo, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { givenProfile, givenVerified, profileApp } from './profile-app.ts';

const app = profileApp();
const path = '/v1/profile/change-requests';
const changes = { familyName: 'Lovelace', residence: 'DE' };
const reason = 'I married and moved.';

beforeAll(() => keepDeliveries(app, 'profile'));

function ask(token: string, body: object = { changes, reason }) {
  return request(app.service, 'POST', path, { token, body });
}

const get = (token: string, suffix = '') => request(app.service, 'GET', `${path}${suffix}`, { token });
const withdraw = (token: string, id: string) => request(app.service, 'POST', `${path}/${id}/withdraw`, { token });
const idOf = ({ body }: { body: unknown }) => (body as { id: string }).id;

async function toldOf(userId: string): Promise<string[]> {
  const rows = await app.database.query<{ data: unknown }>(
    `select data from profile.outbox where subject = $1 and data->>'action' like 'profile.change_request.%' order by id`,
    [userId],
  );
  return rows.map(({ data }) => JSON.stringify(data));
}

describe('POST /v1/profile/change-requests', () => {
  test('201: it waits for a decision, the profile stays as it is, its user and the ledger are told, without values', async () => {
    const { userId, token } = await givenVerified(app);
    const answer = await ask(token);
    expect(answer).toMatchObject({ status: 201, body: { status: 'open', changes, reason, closedAt: null } });
    expect(answer.headers.get('location')).toBe(`${path}/${idOf(answer)}`);
    const { body } = await request(app.service, 'GET', '/v1/profile', { token });
    expect(body).toMatchObject({ familyName: 'Byron', residence: 'GB' });
    const [told, ...others] = await toldOf(userId);
    expect(others).toEqual([]);
    expect(told).toContain('"fields":"familyName residence"');
    expect(told).not.toMatch(/Lovelace|married/);
    const [message] = await messagesTo(app, userId);
    expect(message).toMatchObject({ template: 'profile-change-requested' });
    expect(JSON.stringify(message)).not.toContain('Lovelace');
  });

  test('SR-84: its values stand nowhere in the database, and open for no other request', async () => {
    const [one, other] = [await givenVerified(app), await givenVerified(app)];
    await ask(one.token);
    await ask(other.token);
    const rows = await app.database.query<{ row: string }>('select t::text as row from profile.change_requests t');
    const text = rows.map(({ row }) => row).join();
    for (const word of ['Lovelace', reason]) {
      expect(text).not.toContain(word);
      expect(text).not.toContain(Buffer.from(word).toString('hex'));
    }
    await app.database.query(
      `update profile.change_requests p set proposal = q.proposal from profile.change_requests q
        where (p.user_id, q.user_id) in (($1, $2), ($2, $1))`,
      [one.userId, other.userId],
    );
    expect((await get(one.token)).status).toBe(503);
  });

  test('409: while nothing was verified, and while another one is open', async () => {
    const { token } = await givenProfile(app);
    expect(await ask(token)).toMatchObject({ status: 409, body: { code: 'profile.field.not_locked' } });
    const verified = await givenVerified(app);
    await ask(verified.token);
    expect(await ask(verified.token)).toMatchObject({ status: 409, body: { code: 'profile.change_request.open' } });
  });

  test('SR-73: of many at once one is open', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { userId, token } = await givenVerified(app);
      const answers = winners(await raceOf(6, () => ask(token)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
      expect(await toldOf(userId)).toHaveLength(1);
    }
  });

  test.each([
    ['nothing', { changes: {}, reason }, { path: 'changes', rule: 'no_change' }],
    ['what is so already', { changes: { familyName: 'Byron' }, reason }, { path: 'changes', rule: 'no_change' }],
    ['no reason', { changes, reason: 'ok' }, { path: 'reason', rule: 'min_length' }],
    ['a child', { changes: { dateOfBirth: '2020-01-01' }, reason }, { path: 'dateOfBirth', rule: 'age_min' }],
    [
      'SR-76: markup',
      { changes: { familyName: '<b>' }, reason },
      { path: 'changes.familyName', rule: 'name_characters' },
    ],
    [
      'SR-66: what is not locked',
      { changes: { occupation: 'x' }, reason },
      { path: 'changes.occupation', rule: 'unknown_field' },
    ],
    ['SR-66: a column', { changes, reason, status: 'approved' }, { path: 'status', rule: 'unknown_field' }],
    ['no nationality', { changes: { nationality: null }, reason }, { path: 'changes.nationality' }],
  ])('422: for %s', async (_, body, error) => {
    const { token } = await givenVerified(app);
    expect(await ask(token, body)).toMatchObject({ status: 422, body: { errors: [error] } });
  });
});

describe('GET /v1/profile/change-requests', () => {
  test("200: the user's own, the latest first, by pages", async () => {
    const { token } = await givenVerified(app);
    const first = idOf(await ask(token));
    await withdraw(token, first);
    const second = idOf(await ask(token));
    const page = await get(token, '?limit=1');
    expect(page).toMatchObject({ status: 200, body: { items: [{ id: second, status: 'open' }] } });
    const { nextCursor } = page.body as { nextCursor: string };
    expect(await get(token, `?limit=1&cursor=${nextCursor}`)).toMatchObject({
      body: { items: [{ id: first, status: 'withdrawn', changes, closedAt: expect.any(String) }], nextCursor: null },
    });
    expect((await get((await givenVerified(app)).token)).body).toEqual({ items: [], nextCursor: null });
  });
});

describe('GET /v1/profile/change-requests/{id}', () => {
  test('200: one; SR-65, 404: somebody else’s is as one that is missing', async () => {
    const [{ token }, stranger] = [await givenVerified(app), await givenVerified(app)];
    const id = idOf(await ask(token));
    expect(await get(token, `/${id}`)).toMatchObject({ status: 200, body: { id, changes, reason, rejection: null } });
    const answers = [await get(stranger.token, `/${id}`), await get(stranger.token, `/${uuidv7()}`)];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'profile.change_request.not_found' } });
    }
  });
});

describe('POST /v1/profile/change-requests/{id}/withdraw', () => {
  test('200: it is open no more, and again changes nothing', async () => {
    const { userId, token } = await givenVerified(app);
    const id = idOf(await ask(token));
    const answer = await withdraw(token, id);
    expect(answer).toMatchObject({ status: 200, body: { id, status: 'withdrawn' } });
    expect((await withdraw(token, id)).body).toEqual(answer.body);
    expect(await toldOf(userId)).toHaveLength(2);
    expect((await ask(token)).status).toBe(201);
  });

  test('SR-65, 404: somebody else’s', async () => {
    const [{ token }, stranger] = [await givenVerified(app), await givenVerified(app)];
    const id = idOf(await ask(token));
    expect((await withdraw(stranger.token, id)).status).toBe(404);
    expect((await get(token, `/${id}`)).body).toMatchObject({ status: 'open' });
  });
});
