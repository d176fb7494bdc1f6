import { uuidv7 } from '@bank/domain';
import { deviceKey, until } from '@bank/testing';
import { beforeEach, expect, test } from 'vitest';
import { deviceApp, toldOf } from './device-app.ts';
import { answerOf, askedOf, askForKey, givenKey, givenOwner, putKey } from './key-of.ts';

const app = await deviceApp();

beforeEach(() => Object.assign(app.mfaStandIn, { away: false, wanted: undefined }));

const refused = { status: 403, body: { code: 'auth.step_up.required', acr: 'aal3', maxAgeSeconds: 300 } };
const away = { status: 503, body: { code: 'service.unavailable' } };

const keysOf = (userId: string) =>
  app.database.query('select thumbprint from device.device_keys where user_id = $1', [userId]);

test('SR-31: mfa judges the session of whoever asks for a challenge, and of whoever answers it', async () => {
  const owner = await givenOwner(app);
  app.mfaStandIn.asked.length = 0;
  await givenKey(app, owner);
  expect(app.mfaStandIn.asked).toEqual([owner.token, owner.token]);
});

test('SR-31: 403 without a challenge where the factors give more than the session has', async () => {
  const owner = await givenOwner(app);
  app.mfaStandIn.wanted = 'aal3';
  expect(await askForKey(app, owner)).toMatchObject(refused);
  const sql = 'select id from device.key_challenges where user_id = $1';
  expect(await app.database.query(sql, [owner.userId])).toEqual([]);
});

test('SR-31: 403 for a factor that came after the challenge; nothing is bound, and the challenge stays', async () => {
  const owner = await givenOwner(app);
  const asked = await askedOf(app, owner);
  const [key, told] = [deviceKey(), await toldOf(app, owner.userId)];
  app.mfaStandIn.wanted = 'aal3';
  expect(await putKey(app, owner, asked.etag, answerOf(owner, asked, key))).toMatchObject(refused);
  expect(await keysOf(owner.userId)).toEqual([]);
  expect(await toldOf(app, owner.userId)).toEqual(told);
  app.mfaStandIn.wanted = undefined;
  expect((await putKey(app, owner, asked.etag, answerOf(owner, asked, key))).status).toBe(200);
});

test('SR-31: 403 for another key in place of the one that is there, which stays', async () => {
  const owner = await givenOwner(app);
  const first = await givenKey(app, owner);
  const asked = await askedOf(app, owner);
  app.mfaStandIn.wanted = 'aal3';
  expect(await putKey(app, owner, asked.etag, answerOf(owner, asked, deviceKey(), first))).toMatchObject(refused);
  expect(await keysOf(owner.userId)).toEqual([{ thumbprint: first.thumbprint }]);
});

test('SR-35: a key is no younger than the judgement of mfa, so that a reset which comes after it takes the key', async () => {
  const owner = await givenOwner(app);
  await givenKey(app, owner);
  const [key] = await app.database.query<{ bound_at: Date }>(
    'select bound_at from device.device_keys where user_id = $1',
    [owner.userId],
  );
  expect(key?.bound_at.getTime()).toBeLessThanOrEqual(app.mfaStandIn.judgedAt?.getTime() ?? 0);
});

test('SR-31: 503 while mfa is away: nothing is asked, and nothing is bound', async () => {
  const [owner, other] = [await givenOwner(app), await givenOwner(app, uuidv7())];
  const asked = await askedOf(app, owner);
  app.mfaStandIn.away = true;
  expect(await askForKey(app, other)).toMatchObject(away);
  const answer = await putKey(app, owner, asked.etag, answerOf(owner, asked, deviceKey()));
  expect(answer).toMatchObject(away);
  expect(answer.headers.get('retry-after')).toBe('2');
  expect(await keysOf(owner.userId)).toEqual([]);
  // And the circuit to it closes again, for the files that share the app as well.
  app.mfaStandIn.away = false;
  await until(async () => (await askForKey(app, other)).status === 200, { everyMs: 200 });
});
