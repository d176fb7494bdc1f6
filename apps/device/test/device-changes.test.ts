import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { SessionEndReason } from '@bank/proto/auth';
import { losers, raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { deviceApp, toldOf } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await deviceApp();
const path = '/v1/devices';

interface Call {
  readonly token: string;
  readonly id: string;
  readonly etag?: string;
}

const headersOf = (etag = '"v1"') => ({ 'if-match': etag });

function rename({ token, id, etag }: Call, body: unknown) {
  return request(app.service, 'PATCH', `${path}/${id}`, { token, headers: headersOf(etag), body });
}

function remove({ token, id, etag }: Call) {
  return request(app.service, 'DELETE', `${path}/${id}`, { token, headers: headersOf(etag) });
}

const read = ({ token, id }: Call) => request(app.service, 'GET', `${path}/${id}`, { token });

/** A user with a device that they have signed in on, and a token of a session on it. */
async function givenUser() {
  const userId = uuidv7();
  const id = await givenDevice(app.ctx, userId);
  return { userId, id, token: app.issuer.token({ userId, deviceId: id }) };
}

async function rowOf(id: string) {
  const [row] = await app.database.query<Record<string, unknown>>('select * from device.devices where id = $1', [id]);
  return row;
}

describe('GET /v1/devices/{id}', () => {
  test('200 with the version as ETag, and without a name at first', async () => {
    const user = await givenUser();
    const answer = await read(user);
    expect(answer).toMatchObject({ status: 200, body: { id: user.id, name: null, trusted: false, current: true } });
    expect(answer.headers.get('etag')).toBe('"v1"');
  });
});

describe('PATCH /v1/devices/{id}', () => {
  test('200: a name, a new version, and another list', async () => {
    const user = await givenUser();
    const named = await rename(user, { name: '  Ada’s phone ' });
    expect(named).toMatchObject({ status: 200, body: { id: user.id, name: 'Ada’s phone', current: true } });
    expect(named.headers.get('etag')).toBe('"v2"');
    const list = await request(app.service, 'GET', path, { token: user.token });
    expect(list.body).toMatchObject({ items: [{ id: user.id, name: 'Ada’s phone' }] });
    expect((await toldOf(app, user.userId)).at(-1)).toBe('audit device.renamed');
  });

  test('200: null takes the name away; what changes nothing leaves the version and tells nobody', async () => {
    const user = await givenUser();
    await rename(user, { name: 'Mine' });
    const told = await toldOf(app, user.userId);
    for (const body of [{}, { name: 'Mine' }]) {
      const same = await rename({ ...user, etag: '"v2"' }, body);
      expect(same).toMatchObject({ status: 200, body: { name: 'Mine' } });
      expect(same.headers.get('etag')).toBe('"v2"');
    }
    expect(await toldOf(app, user.userId)).toEqual(told);
    const cleared = await rename({ ...user, etag: '"v2"' }, { name: null });
    expect(cleared).toMatchObject({ status: 200, body: { name: null } });
    expect((await rowOf(user.id))?.['name']).toBeNull();
  });

  test('SR-84, SR-85: the name is sealed for its own row, and in nothing that leaves', async () => {
    const [user, other] = [await givenUser(), await givenUser()];
    const second = await givenDevice(app.ctx, user.userId);
    const canary = 'Zanzibar7731';
    await rename(user, { name: canary });
    await rename({ ...user, id: second }, { name: 'second' });
    await rename(other, { name: 'other' });
    const stored = Buffer.from((await rowOf(user.id))?.['name'] as Uint8Array).toString('latin1');
    expect(stored).not.toContain(canary);
    const left = await app.database.query('select * from device.outbox where subject = $1', [user.userId]);
    expect(JSON.stringify(left)).not.toContain(canary);
    for (const foreign of [second, other.id]) {
      const swap = 'update device.devices set name = (select name from device.devices where id = $2) where id = $1';
      await app.database.query(swap, [user.id, foreign]);
      expect((await read(user)).status).toBe(503);
    }
    const { version } = (await rowOf(user.id)) as { version: string };
    expect((await remove({ ...user, etag: `"v${version}"` })).status).toBe(204);
  });

  test('200: a name whose key was destroyed is gone', async () => {
    const user = await givenUser();
    await rename(user, { name: 'Mine' });
    const destroy =
      'update device.data_keys set wrapped = null, kek_id = null, destroyed_at = now() where user_id = $1';
    await app.database.query(destroy, [user.userId]);
    // The service remembers keys for a while; another replica does not have them.
    const elsewhere = await app.ctx.unitOfWork.reader().deviceNames.find(user.userId as never, user.id);
    expect(elsewhere).toMatchObject({ id: user.id, name: null });
  });

  test.each([
    ['a line break', 'a\nb', 'plain_text'],
    ['a turn of direction', 'a\u202Eb', 'plain_text'],
    ['nothing but spaces', '   ', 'plain_text'],
    ['more than 64 characters', 'x'.repeat(65), 'max_length'],
    ['a number', 7, 'string'],
  ])('422: %s', async (_what, name, rule) => {
    const { status, body } = await rename(await givenUser(), { name });
    expect([status, body]).toMatchObject([422, { errors: [{ path: 'name', rule }] }]);
  });

  test('SR-66: refuses every column but the name, and keys of the prototype', async () => {
    const user = await givenUser();
    const columns = Object.keys((await rowOf(user.id)) ?? {}).filter((column) => column !== 'name');
    const camel = (column: string) => column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    for (const field of [...columns, ...columns.map(camel), 'trusted', 'current', '__proto__', 'constructor']) {
      const body = JSON.parse(`{"name":"x","${field}":true}`);
      const { status } = await rename(user, body);
      expect([field, status]).toEqual([field, /proto|constructor/.test(field) ? 400 : 422]);
    }
    expect(await rowOf(user.id)).toMatchObject({ trusted_at: null, removed_at: null });
  });

  test('412 for an older version, 428 without one; SR-65: 404 for a foreign one as for a missing one', async () => {
    const user = await givenUser();
    expect((await rename({ ...user, etag: '"v9"' }, { name: 'x' })).status).toBe(412);
    const { status } = await request(app.service, 'PATCH', `${path}/${user.id}`, {
      token: user.token,
      body: { name: 'x' },
    });
    expect(status).toBe(428);
    const stranger = app.issuer.token();
    const answers = [
      await rename({ ...user, token: stranger }, {}),
      await rename({ id: uuidv7(), token: stranger }, {}),
    ];
    const [one, other] = answers.map((answer) => ({
      ...answer,
      headers: 0,
      body: { ...(answer.body as object), requestId: 0 },
    }));
    expect(one).toMatchObject({ status: 404, body: { code: 'device.not_found' } });
    expect(one).toEqual(other);
  });
});

describe('DELETE /v1/devices/{id}', () => {
  test('SR-46, SR-47: 204; auth ends its sessions in the name of the person, and everybody is told', async () => {
    const user = await givenUser();
    await rename(user, { name: 'Mine' });
    await app.database.query('update device.devices set trusted_at = now() where id = $1', [user.id]);
    const strong = app.issuer.token({ userId: user.userId, deviceId: user.id, acr: 'aal2' });
    expect((await remove({ ...user, token: strong, etag: '"v2"' })).status).toBe(204);
    const { request: asked, token } = app.authStandIn.asked.at(-1) ?? {};
    expect(asked).toMatchObject({
      userId: user.userId,
      scope: { case: 'deviceId', value: user.id },
      reason: SessionEndReason.DEVICE_REMOVED,
    });
    expect(token).toBe(strong);
    expect(await rowOf(user.id)).toMatchObject({ removed_at: expect.any(Date), trusted_at: null, name: null });
    expect((await toldOf(app, user.userId)).slice(-3)).toEqual([
      'events device.removed.v1',
      'audit device.removed',
      'deliveries device-removed',
    ]);
    const [event] = await app.database.query<{ data: object }>(
      `select data from device.outbox where subject = $1 and type = 'device.removed.v1'`,
      [user.userId],
    );
    expect(event?.data).toMatchObject({ deviceId: user.id, reason: 'DEVICE_REMOVAL_REASON_USER' });
  });

  test('404 from then on, and not in the list; a late sighting does not bring it back', async () => {
    const user = await givenUser();
    await remove(user);
    await givenDevice(app.ctx, user.userId, { deviceId: user.id });
    const answers = [await read(user), await rename(user, {}), await remove(user)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    const { body } = await request(app.service, 'GET', path, { token: user.token });
    expect(body).toMatchObject({ items: [] });
  });

  test('SR-46: 204 while auth is away: it is removed, and auth ends its sessions when it hears of it', async () => {
    const user = await givenUser();
    app.authStandIn.away = true;
    const answer = await remove(user).finally(() => {
      app.authStandIn.away = false;
    });
    expect(answer.status).toBe(204);
    expect(await rowOf(user.id)).toMatchObject({ removed_at: expect.any(Date) });
    expect((await toldOf(app, user.userId)).slice(-3)).toEqual([
      'events device.removed.v1',
      'audit device.removed',
      'deliveries device-removed',
    ]);
    const { body } = await request(app.service, 'GET', path, { token: user.token });
    expect(body).toMatchObject({ items: [] });
  });

  test('412 for an older version, 428 without one, SR-65: 404 for a foreign one: auth is not even asked', async () => {
    const user = await givenUser();
    const asked = app.authStandIn.asked.length;
    expect((await remove({ ...user, etag: '"v2"' })).status).toBe(412);
    expect((await request(app.service, 'DELETE', `${path}/${user.id}`, { token: user.token })).status).toBe(428);
    expect((await remove({ ...user, token: app.issuer.token() })).status).toBe(404);
    expect((await remove({ ...user, id: uuidv7() })).status).toBe(404);
    expect(app.authStandIn.asked).toHaveLength(asked);
  });

  test('SR-18: 429 for the sixty-first change or removal in an hour', { timeout: 20_000 }, async () => {
    const user = await givenUser();
    for (let asked = 0; asked < 60; asked += 1) {
      expect([(await rename(user, {})).status, (await remove({ ...user, etag: '"v9"' })).status]).toEqual([200, 412]);
    }
    const answers = [await rename(user, {}), await remove(user)];
    expect(answers.map(({ status }) => status)).toEqual([429, 429]);
  });

  test('sixteen at once, twenty times: one removes, and it is told once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const user = await givenUser();
      const outcomes = await raceOf(16, async () => (await remove(user)).status);
      expect(losers(outcomes)).toEqual([]);
      const statuses = winners(outcomes);
      expect(statuses.filter((status) => status === 204)).toHaveLength(1);
      expect(statuses.every((status) => [204, 404, 412].includes(status))).toBe(true);
      const told = await toldOf(app, user.userId);
      expect(told.filter((what) => /removed/.test(what))).toHaveLength(3);
    }
  });
});
