import { keepDeliveries, messagesTo, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { deviceKey, losers, raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { deviceApp, toldOf } from './device-app.ts';
import { answerOf, askedOf, askForKey, givenKey, givenOwner, type Owner, putKey } from './key-of.ts';

const app = await deviceApp();

const remove = ({ id, token }: Pick<Owner, 'id' | 'token'>, etag: string) =>
  request(app.service, 'DELETE', `/v1/devices/${id}/key`, { token, headers: { 'if-match': etag } });

const read = ({ id, token }: Pick<Owner, 'id' | 'token'>) =>
  request(app.service, 'GET', `/v1/devices/${id}`, { token });

async function keysOf(userId: string) {
  const sql = 'select device_id, thumbprint from device.device_keys where user_id = $1 order by device_id';
  return await app.database.query<{ device_id: string; thumbprint: string }>(sql, [userId]);
}

/** Moves the time of what was asked of a user's devices to its end. */
const expire = (userId: string) =>
  app.database.query('update device.key_challenges set expires_at = now() where user_id = $1', [userId]);

describe('POST /v1/devices/{id}/key/challenge', () => {
  test('200: 32 bytes of their own each time, for five minutes, with the version of the device', async () => {
    const owner = await givenOwner(app);
    const answer = await askForKey(app, owner);
    expect(answer).toMatchObject({ status: 200, body: { ceremony: 'bind', expiresIn: 300 } });
    expect(answer.headers.get('etag')).toBe('"v1"');
    const again = await askedOf(app, owner);
    expect(Buffer.from(again.challenge, 'base64url')).toHaveLength(32);
    expect(again.challenge).not.toBe((answer.body as { challenge: string }).challenge);
  });

  test('403 on another device of the same user: a key is bound where it is kept', async () => {
    const userId = uuidv7();
    const [here, there] = [await givenOwner(app, userId), await givenOwner(app, userId)];
    const { status, body } = await askForKey(app, { id: there.id, token: here.token });
    expect([status, body]).toMatchObject([403, { code: 'device.not_current' }]);
  });
});

describe('PUT /v1/devices/{id}/key', () => {
  test.each(['ES256', 'EdDSA'] as const)('200: binds a key for %s, and everybody is told', async (algorithm) => {
    const owner = await givenOwner(app);
    const key = deviceKey(algorithm);
    const asked = await askedOf(app, owner);
    const bound = await putKey(app, owner, asked.etag, answerOf(owner, asked, key));
    const { thumbprint } = key;
    expect(bound).toMatchObject({ status: 200, body: { id: owner.id, key: { algorithm, thumbprint } } });
    expect(bound.headers.get('etag')).toBe('"v2"');
    expect((await read(owner)).body).toEqual(bound.body);
    expect((await toldOf(app, owner.userId)).slice(-3)).toEqual([
      'events device.key_bound.v1',
      'audit device.key.bound',
      'deliveries device-key-bound',
    ]);
  });

  test('200: another key takes the place of the first, which has signed for it', async () => {
    const owner = await givenOwner(app);
    const first = await givenKey(app, owner);
    const second = deviceKey('EdDSA');
    const asked = await askedOf(app, owner);
    expect(asked).toMatchObject({ ceremony: 'rotate', etag: '"v2"' });
    const rotated = await putKey(app, owner, asked.etag, answerOf(owner, asked, second, first));
    expect(rotated).toMatchObject({ status: 200, body: { key: { thumbprint: second.thumbprint } } });
    expect(await keysOf(owner.userId)).toEqual([{ device_id: owner.id, thumbprint: second.thumbprint }]);
    expect((await toldOf(app, owner.userId)).slice(-3)).toEqual([
      'events device.key_rotated.v1',
      'audit device.key.rotated',
      'deliveries device-key-rotated',
    ]);
  });

  test('SR-30: a challenge is used up by the first answer, right or wrong', async () => {
    const owner = await givenOwner(app);
    const key = deviceKey();
    const asked = await askedOf(app, owner);
    const wrong = { ...answerOf(owner, asked, key), signature: deviceKey().sign('something else') };
    const refused = await putKey(app, owner, asked.etag, wrong);
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'device.key.unproven' }]);
    expect((await toldOf(app, owner.userId)).at(-1)).toBe('audit device.key.failed');
    const late = await putKey(app, owner, asked.etag, answerOf(owner, asked, key));
    expect([late.status, late.body]).toMatchObject([404, { code: 'challenge.not_found' }]);
    const next = await askedOf(app, owner);
    expect((await putKey(app, owner, next.etag, answerOf(owner, next, key))).status).toBe(200);
    const replayed = await putKey(app, owner, '"v2"', answerOf(owner, next, key));
    expect(replayed.status).toBe(404);
  });

  test('SR-30: a challenge is dead after its time, and when another was asked for', async () => {
    const owner = await givenOwner(app);
    const key = deviceKey();
    const first = await askedOf(app, owner);
    await askedOf(app, owner);
    expect((await putKey(app, owner, '"v1"', answerOf(owner, first, key))).status).toBe(404);
    const expired = await askedOf(app, owner);
    await expire(owner.userId);
    expect((await putKey(app, owner, '"v1"', answerOf(owner, expired, key))).status).toBe(404);
  });

  test('SR-30: a challenge is of one session, one user and one device', async () => {
    const owner = await givenOwner(app);
    const stranger = await givenOwner(app);
    const asked = await askedOf(app, owner);
    const answer = answerOf(owner, asked, deviceKey());
    const elsewhere = app.issuer.token({ userId: owner.userId, deviceId: owner.id, acr: 'aal2' });
    expect((await putKey(app, { id: owner.id, token: elsewhere }, '"v1"', answer)).status).toBe(404);
    expect((await putKey(app, stranger, '"v1"', answer)).status).toBe(404);
    expect((await putKey(app, owner, '"v1"', answer)).status).toBe(200);
  });

  test.each([
    ['of another ceremony', ['user-service.device-key.approve.v1']],
    ['of another device', [undefined, uuidv7()]],
    ['over another challenge', [undefined, undefined, 'A'.repeat(43)]],
    ['for another key', [undefined, undefined, undefined, deviceKey().thumbprint]],
  ])('422: a signature %s', async (_what, changes) => {
    const owner = await givenOwner(app);
    const key = deviceKey();
    const asked = await askedOf(app, owner);
    const lines = ['user-service.device-key.bind.v1', owner.id, asked.challenge, key.thumbprint];
    const signature = key.sign(...lines.map((line, at) => changes[at] ?? line));
    const { status, body } = await putKey(app, owner, '"v1"', { ...answerOf(owner, asked, key), signature });
    expect([status, body]).toMatchObject([422, { code: 'device.key.unproven' }]);
  });

  test('422: nobody but the key that is there signs for the next', async () => {
    const owner = await givenOwner(app);
    const first = await givenKey(app, owner);
    for (const previous of [undefined, deviceKey()]) {
      const asked = await askedOf(app, owner);
      const { status } = await putKey(app, owner, asked.etag, answerOf(owner, asked, deviceKey(), previous));
      expect(status).toBe(422);
    }
    expect(await keysOf(owner.userId)).toEqual([{ device_id: owner.id, thumbprint: first.thumbprint }]);
  });

  test.each([
    ['a point that is not on the curve', { x: 'A'.repeat(43) }, 'public_key', 'publicKey'],
    ['a second spelling of a coordinate', { y: `${'A'.repeat(42)}B` }, 'public_key', 'publicKey'],
    ['the private half', { d: 'A'.repeat(43) }, 'unknown_field', 'publicKey.d'],
    ['another curve', { crv: 'P-384' }, 'literal', 'publicKey.crv'],
    ['a symmetric key', { kty: 'oct' }, 'variant', 'publicKey.kty'],
  ])('422: %s', async (_what, changes, rule, path) => {
    const owner = await givenOwner(app);
    const asked = await askedOf(app, owner);
    const answer = answerOf(owner, asked, deviceKey());
    const jwk = { ...answer.publicKey, ...changes };
    const { status, body } = await putKey(app, owner, '"v1"', { ...answer, publicKey: jwk });
    expect([status, body]).toMatchObject([422, { code: 'request.invalid', errors: [{ path, rule }] }]);
  });

  test('409: a key is of one device, and of one user', async () => {
    const [owner, other] = [await givenOwner(app), await givenOwner(app)];
    const key = await givenKey(app, owner);
    const asked = await askedOf(app, other);
    const { status, body } = await putKey(app, other, '"v1"', answerOf(other, asked, key));
    expect([status, body]).toMatchObject([409, { code: 'device.key.taken' }]);
    expect(await keysOf(other.userId)).toEqual([]);
  });

  test('412 for an older version, which uses nothing up; 428 without one', async () => {
    const owner = await givenOwner(app);
    const asked = await askedOf(app, owner);
    const answer = answerOf(owner, asked, deviceKey());
    expect((await putKey(app, owner, '"v9"', answer)).status).toBe(412);
    const path = `/v1/devices/${owner.id}/key`;
    expect((await request(app.service, 'PUT', path, { token: owner.token, body: answer })).status).toBe(428);
    expect((await putKey(app, owner, '"v1"', answer)).status).toBe(200);
  });

  test('sixteen at once, twenty times: one challenge binds one key', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const owner = await givenOwner(app);
      const asked = await askedOf(app, owner);
      const outcomes = await raceOf(16, async () => {
        const { status } = await putKey(app, owner, '"v1"', answerOf(owner, asked, deviceKey()));
        if (status !== 200) throw new Error(String(status));
      });
      expect(winners(outcomes)).toHaveLength(1);
      expect(await keysOf(owner.userId)).toHaveLength(1);
      const told = (await toldOf(app, owner.userId)).filter((what) => /key/.test(what));
      expect(told).toHaveLength(3);
    }
  });

  test('one key for two users at once, twenty times: one has it', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const key = deviceKey();
      const owners = [await givenOwner(app), await givenOwner(app)];
      const asked = await Promise.all(owners.map((owner) => askedOf(app, owner)));
      const outcomes = await raceOf(2, async (which) => {
        const [owner, question] = [owners[which], asked[which]];
        if (owner === undefined || question === undefined) throw new Error('nobody');
        const { status } = await putKey(app, owner, '"v1"', answerOf(owner, question, key));
        if (status !== 200) throw new Error(String(status));
      });
      expect(winners(outcomes)).toHaveLength(1);
      expect(losers(outcomes)).toMatchObject([{ message: '409' }]);
    }
  });
});

describe('DELETE /v1/devices/{id}/key', () => {
  test('204 from another device of the user; everybody is told', async () => {
    const userId = uuidv7();
    const [phone, laptop] = [await givenOwner(app, userId), await givenOwner(app, userId)];
    await givenKey(app, phone);
    const removed = await remove({ id: phone.id, token: laptop.token }, '"v2"');
    expect([removed.status, removed.headers.get('etag')]).toEqual([204, '"v3"']);
    const seen = await read(phone);
    expect([seen.headers.get('etag'), seen.body]).toMatchObject(['"v3"', { key: null }]);
    expect((await toldOf(app, userId)).slice(-3)).toEqual([
      'events device.key_removed.v1',
      'audit device.key.removed',
      'deliveries device-key-removed',
    ]);
  });

  test('404 without a key; 412 for an older version leaves it', async () => {
    const owner = await givenOwner(app);
    const { status, body } = await remove(owner, '"v1"');
    expect([status, body]).toMatchObject([404, { code: 'device.key.not_found' }]);
    await givenKey(app, owner);
    expect((await remove(owner, '"v1"')).status).toBe(412);
    expect(await keysOf(owner.userId)).toHaveLength(1);
  });
});

describe('a key', () => {
  test('is gone with its device, and what was asked of it as well', async () => {
    const owner = await givenOwner(app);
    await givenKey(app, owner);
    await askedOf(app, owner);
    const headers = { 'if-match': '"v2"' };
    const gone = await request(app.service, 'DELETE', `/v1/devices/${owner.id}`, { token: owner.token, headers });
    expect([gone.status, await keysOf(owner.userId)]).toEqual([204, []]);
    const sql = 'select id from device.key_challenges where user_id = $1';
    expect(await app.database.query(sql, [owner.userId])).toEqual([]);
  });

  test('SR-20: its user hears by mail of each change, by the model and never the name', async () => {
    await keepDeliveries(app, 'device');
    const owner = await givenOwner(app);
    const key = await givenKey(app, owner);
    const asked = await askedOf(app, owner);
    await putKey(app, owner, asked.etag, answerOf(owner, asked, deviceKey(), key));
    await remove(owner, '"v3"');
    expect((await messagesTo(app, owner.userId)).map(({ template, params }) => [template, params['device']])).toEqual([
      ['device-key-bound', 'iPhone 17'],
      ['device-key-rotated', 'iPhone 17'],
      ['device-key-removed', 'iPhone 17'],
    ]);
  });
});

describe('SR-31, SR-62: who may', () => {
  const requests = [
    ['POST', 'key/challenge', undefined],
    ['PUT', 'key', {}],
    ['DELETE', 'key', undefined],
  ] as const;

  test.each(requests)('403 at aal1, and one second too late: %s %s', async (method, path, body) => {
    const { userId, id } = await givenOwner(app);
    const headers = { 'if-match': '"v1"' };
    const authTime = Math.floor(Date.now() / 1000) - 301;
    for (const changes of [{}, { acr: 'aal2', authTime }] as const) {
      const token = app.issuer.token({ userId, deviceId: id, ...changes });
      const options = { token, headers, ...(body && { body }) };
      const answer = await request(app.service, method, `/v1/devices/${id}/${path}`, options);
      expect([answer.status, answer.body]).toMatchObject([403, { code: 'auth.step_up.required', acr: 'aal2' }]);
    }
  });

  test('SR-65: 404 for a foreign device as for a missing one', async () => {
    const [owner, other] = [await givenOwner(app), await givenOwner(app)];
    const asked = await askedOf(app, other);
    for (const id of [owner.id, uuidv7()]) {
      const { token } = other;
      const answers = [
        await askForKey(app, { id, token }),
        await putKey(app, { id, token }, '"v1"', answerOf({ id }, asked, deviceKey())),
        await remove({ id, token }, '"v1"'),
      ];
      for (const { status, body } of answers) expect([status, body]).toMatchObject([404, { code: 'device.not_found' }]);
    }
  });

  test('SR-18: 429 for the eleventh change in an hour', async () => {
    const owner = await givenOwner(app);
    for (let asked = 0; asked < 10; asked += 1) expect((await remove(owner, '"v1"')).status).toBe(404);
    expect((await remove(owner, '"v1"')).status).toBe(429);
  });
});
