import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { oathtoolCode, roomInStep, shownCode, wrongCode } from './authenticator.ts';
import { givenEnrolled, givenFactor, givenSubject, mfaApp, strongToken, toldOf } from './mfa-app.ts';

const app = mfaApp();

interface Begun {
  factorId: string;
  secret: string;
  uri: string;
  qr: string;
  expiresIn: number;
}

async function begin(token: string, body: object = {}) {
  const answer = await request(app.service, 'POST', '/v1/mfa/totp', { token, body });
  return { ...answer, body: answer.body as Begun };
}

function confirm(token: string, factorId: string, code: string) {
  return request(app.service, 'POST', `/v1/mfa/totp/${factorId}/confirm`, { token, body: { code } });
}

async function fresh() {
  const [userId, sessionId] = [await givenSubject(app), uuidv7()];
  return { userId, sessionId, token: app.issuer.token({ userId, sessionId }) };
}

describe('POST /v1/mfa/totp', () => {
  test('201: the secret as text, URI and image', async () => {
    const { token } = await fresh();
    const { status, body, headers } = await begin(token, { label: 'My phone' });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ secret: expect.stringMatching(/^[A-Z2-7]{32}$/), expiresIn: 600 });
    const uri = new URL(body.uri);
    expect(decodeURIComponent(uri.pathname)).toBe('/Bank:My phone');
    expect(uri.searchParams.get('secret')).toBe(body.secret);
    const [kind, image = ''] = body.qr.split(',');
    expect(kind).toBe('data:image/svg+xml;base64');
    expect(Buffer.from(image, 'base64').toString()).toMatch(/^<svg[^>]+>.*<\/svg>$/s);
  });

  test('201 without a body: nothing has to be said', async () => {
    const { token } = await fresh();
    expect((await request(app.service, 'POST', '/v1/mfa/totp', { token })).status).toBe(201);
  });

  test('SR-31: not by the password alone on a device that was not known; by an emailed code as well', async () => {
    const userId = await givenSubject(app);
    const answer = await begin(app.issuer.token({ userId, amr: ['pwd'] }));
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal1' } });
    expect((await begin(app.issuer.token({ userId, amr: ['pwd', 'otp'] }))).status).toBe(201);
  });

  test('SR-32: the secret is sealed, and no other answer gives it', async () => {
    const { token, userId } = await fresh();
    const { body } = await begin(token);
    const [row] = await app.database.query<{ row: string }>(
      `select row_to_json(f)::text || row_to_json(t)::text as row
       from mfa.factors f join mfa.totp_factors t on t.factor_id = f.id where user_id = $1`,
      [userId],
    );
    expect(row?.row).toContain(body.factorId);
    expect(row?.row).not.toContain(body.secret);
    expect(row?.row).not.toContain(Buffer.from(body.secret).toString('hex'));
    await confirm(token, body.factorId, shownCode(body.secret));
    for (const path of ['/v1/mfa/factors', `/v1/mfa/factors/${body.factorId}`]) {
      const answer = await request(app.service, 'GET', path, { token });
      expect(JSON.stringify(answer.body)).not.toContain(body.secret);
    }
  });

  test('SR-32: what is not confirmed neither protects nor shows, and a new one takes its place', async () => {
    const { token, userId } = await fresh();
    const first = await begin(token);
    const second = await begin(token);
    const list = await request(app.service, 'GET', '/v1/mfa/factors', { token });
    expect(list.body).toMatchObject({ items: [] });
    expect((await confirm(token, first.body.factorId, shownCode(first.body.secret))).status).toBe(404);
    expect((await confirm(token, second.body.factorId, shownCode(second.body.secret))).status).toBe(200);
    expect(await toldOf(app, userId)).toEqual([
      'events mfa.factor_enrolled.v1',
      'audit mfa.factor.enrolled',
      'deliveries factor-added',
    ]);
  });

  test('SR-31: 403 at aal1 for whoever has a factor; 201 at aal2', async () => {
    const enrolled = await givenEnrolled(app);
    const weak = await begin(app.issuer.token({ userId: enrolled.userId }));
    expect(weak).toMatchObject({
      status: 403,
      body: { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300 },
    });
    expect((await begin(strongToken(app, enrolled))).status).toBe(201);
  });

  test('SR-62: 403 once the sign-in is older than five minutes', async () => {
    const { userId } = await fresh();
    const authTime = Math.floor(Date.now() / 1000) - 301;
    const old = await begin(app.issuer.token({ userId, authTime }));
    expect(old).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal1' } });
  });

  test('409: as many factors as there can be', async () => {
    const { userId } = await fresh();
    for (let count = 0; count < 10; count += 1)
      await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
    expect(await begin(strongToken(app, { userId }))).toMatchObject({
      status: 409,
      body: { code: 'factor.limit_reached' },
    });
  });

  test('503: a user of whom nothing has been heard yet', async () => {
    expect((await begin(app.issuer.token())).status).toBe(503);
  });

  test('422 for a label of nothing, 401 without a token', async () => {
    expect((await begin((await fresh()).token, { label: '  ' })).status).toBe(422);
    expect((await request(app.service, 'POST', '/v1/mfa/totp', { body: {} })).status).toBe(401);
  });
});

describe('POST /v1/mfa/totp/{id}/confirm', () => {
  test('200: with the code that oathtool shows, or any other app', async () => {
    const { token } = await fresh();
    const { body } = await begin(token, { label: 'Phone' });
    const code = oathtoolCode(body.secret) ?? shownCode(body.secret);
    const { status, body: factor, headers } = await confirm(token, body.factorId, code);
    expect(status).toBe(200);
    expect(factor).toMatchObject({ id: body.factorId, type: 'totp', label: 'Phone', lastUsedAt: null });
    expect(headers.get('etag')).toBe('"v1"');
  });

  test('SR-25: 422 for a wrong code, 404 for the right one after five of them', async () => {
    const { token, userId } = await fresh();
    const { body } = await begin(token);
    for (let tries = 0; tries < 5; tries += 1) {
      const wrong = await confirm(token, body.factorId, wrongCode(body.secret));
      expect(wrong).toMatchObject({ status: 422, body: { code: 'factor.code_invalid' } });
    }
    expect((await confirm(token, body.factorId, shownCode(body.secret))).status).toBe(404);
    expect(await toldOf(app, userId)).toEqual(Array(5).fill('audit mfa.factor.enrolled'));
  });

  test('422 factor.clock_off for the second code of an app whose clock is off', async () => {
    const { token } = await fresh();
    const { body } = await begin(token);
    await roomInStep();
    const codes = [8, 9].map((offset) => shownCode(body.secret, { offset }));
    const answers = [];
    for (const code of codes) answers.push(await confirm(token, body.factorId, code));
    expect(answers).toMatchObject([
      { status: 422, body: { code: 'factor.code_invalid' } },
      { status: 422, body: { code: 'factor.clock_off' } },
    ]);
    expect((await confirm(token, body.factorId, shownCode(body.secret))).status).toBe(200);
  });

  test('404 too late, in another session, and for another user alike', async () => {
    const { token, userId } = await fresh();
    const { body } = await begin(token);
    const code = shownCode(body.secret);
    expect((await confirm(app.issuer.token({ userId }), body.factorId, code)).status).toBe(404);
    expect((await confirm((await fresh()).token, body.factorId, code)).status).toBe(404);
    await app.database.query('update mfa.factors set expires_at = now() where id = $1', [body.factorId]);
    expect((await confirm(token, body.factorId, code)).status).toBe(404);
  });

  test('SR-31: 403 when another factor was confirmed meanwhile', async () => {
    const { token, userId } = await fresh();
    const { body } = await begin(token);
    await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
    expect((await confirm(token, body.factorId, shownCode(body.secret))).status).toBe(403);
  });
});
