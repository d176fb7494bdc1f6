import { request } from '@bank/composition/testing';
import { audiences, uuidv7 } from '@bank/domain';
import { type AuthenticatorOptions, type Changes, softwareAuthenticator } from '@bank/testing/webauthn';
import { describe, expect, test } from 'vitest';
import { givenEnrolled, givenFactor, givenSubject, mfaApp, pages, strongToken, toldOf } from './mfa-app.ts';
import { beginPasskey, bytesOf, givenPasskey, passkeyToken, sendPasskey } from './passkeys.ts';

const app = mfaApp();

async function fresh() {
  const userId = await givenSubject(app);
  return { userId, token: app.issuer.token({ userId, sessionId: uuidv7() }) };
}

/** Begins, has it made with these changes, and sends it. */
async function register(
  changes: Changes = {},
  { origin = pages.customers as string, ...options }: AuthenticatorOptions & { origin?: string } = {},
) {
  const { userId, token } = await fresh();
  const { body } = await beginPasskey(app, token);
  const made = softwareAuthenticator(options).create(body.options, origin, changes);
  return { userId, token, made, answer: await sendPasskey(app, token, body.factorId, made) };
}

async function kept(userId: string) {
  const [row] = await app.database.query(
    `select c.*, c.counter::integer as counter from mfa.webauthn_credentials c join mfa.factors f on f.id = c.factor_id where f.user_id = $1`,
    [userId],
  );
  return row;
}

const refused = { status: 422, body: { code: 'factor.passkey_invalid' } };

describe('POST /v1/mfa/webauthn/options', () => {
  test('201: what a browser needs, of this relying party, with the user verified and the credential discoverable', async () => {
    const { token, userId } = await fresh();
    const { status, body } = await beginPasskey(app, token, { label: 'My laptop' });
    expect(status).toBe(201);
    expect(body).toEqual({
      factorId: expect.any(String),
      expiresIn: 600,
      options: {
        rp: { id: 'bank.test', name: 'Bank' },
        user: { id: expect.any(String), name: 'My laptop', displayName: 'My laptop' },
        challenge: expect.stringMatching(/^[\w-]{43}$/),
        pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
        timeout: 600_000,
        excludeCredentials: [],
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
        attestation: 'none',
        extensions: { credProps: true },
      },
    });
    expect(Buffer.from(bytesOf(body.options.user.id)).toString('hex')).toBe(userId.replaceAll('-', ''));
  });

  test('SR-30: 32 random bytes each time, and what the user has is excluded', async () => {
    const { userId, id } = await givenPasskey(app);
    const token = passkeyToken(app, { userId });
    const [first, second] = [await beginPasskey(app, token), await beginPasskey(app, token)];
    expect(bytesOf(first.body.options.challenge)).toHaveLength(32);
    expect(second.body.options.challenge).not.toBe(first.body.options.challenge);
    expect(first.body.options.excludeCredentials).toEqual([{ id, type: 'public-key', transports: ['usb'] }]);
  });

  test('SR-31: 403 at aal1 for whoever has a factor, 201 at aal2', async () => {
    const enrolled = await givenEnrolled(app);
    const weak = await beginPasskey(app, app.issuer.token({ userId: enrolled.userId }));
    expect(weak).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal2' } });
    expect((await beginPasskey(app, strongToken(app, enrolled))).status).toBe(201);
  });

  test('SR-62: 403 once the sign-in is older than five minutes', async () => {
    const { userId } = await fresh();
    const old = await beginPasskey(app, app.issuer.token({ userId, authTime: Math.floor(Date.now() / 1000) - 301 }));
    expect(old).toMatchObject({ status: 403, body: { code: 'auth.step_up.required' } });
  });

  test('409 with ten factors, 422 for a label of nothing, 401 without a token, 503 before the user is known', async () => {
    const { userId } = await fresh();
    for (let count = 0; count < 10; count += 1)
      await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
    expect((await beginPasskey(app, strongToken(app, { userId }))).status).toBe(409);
    expect((await beginPasskey(app, (await fresh()).token, { label: ' ' })).status).toBe(422);
    expect((await request(app.service, 'POST', '/v1/mfa/webauthn/options', { body: {} })).status).toBe(401);
    expect((await beginPasskey(app, app.issuer.token())).status).toBe(503);
  });
});

describe('POST /v1/mfa/webauthn', () => {
  test.each(['ES256', 'EdDSA', 'RS256'] as const)('201: a credential of %s', async (algorithm) => {
    const { answer, userId, made } = await register({}, { algorithm });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ type: 'webauthn', label: 'Passkey', lastUsedAt: null });
    expect(answer.headers.get('etag')).toBe('"v1"');
    expect(await kept(userId)).toMatchObject({
      credential_id: Buffer.from(bytesOf(made.id)),
      algorithm: { ES256: -7, EdDSA: -8, RS256: -257 }[algorithm],
      counter: 1,
      transports: ['usb'],
      is_backup_eligible: false,
      is_backed_up: false,
      is_attested: false,
      is_discoverable: null,
    });
    expect(await toldOf(app, userId)).toEqual([
      'events mfa.factor_enrolled.v1',
      'audit mfa.factor.enrolled',
      'deliveries factor-added',
    ]);
  });

  test('201: one that is synced, that vouches for itself, whose browser says more', async () => {
    const { answer, userId } = await register(
      {
        response: { publicKeyAlgorithm: -7, publicKey: 'AA', authenticatorData: 'AA' },
        whole: { clientExtensionResults: { credProps: { rk: true } } },
      },
      { isSynced: true, attestation: 'self' },
    );
    expect(answer.status).toBe(201);
    expect(await kept(userId)).toMatchObject({
      counter: 0,
      is_backup_eligible: true,
      is_backed_up: true,
      is_attested: false,
      is_discoverable: true,
    });
  });

  test('SR-72: staff enrol on pages of staff, customers on those of customers, and neither on the other', async () => {
    for (const [audience, origin, status] of [
      [audiences.staff, pages.staff, 201],
      [audiences.enrolment, pages.staff, 201],
      [audiences.staff, pages.customers, 422],
      [audiences.enrolment, pages.customers, 422],
      [audiences.customers, pages.staff, 422],
    ] as const) {
      const userId = await givenSubject(app);
      const roles = audience === audiences.staff ? (['support'] as const) : [];
      const token = app.issuer.token({ userId, audience, roles: [...roles], acr: 'aal2', sessionId: uuidv7() });
      const { body } = await beginPasskey(app, token);
      const made = softwareAuthenticator().create(body.options, origin);
      const answer = await sendPasskey(app, token, body.factorId, made);
      expect(answer, `${audience} on ${origin}`).toMatchObject(status === 201 ? { status } : refused);
    }
  });

  test('SR-30: what was signed is good for one answer, right or wrong', async () => {
    const { token } = await fresh();
    const { body } = await beginPasskey(app, token);
    const [wrong, right] = [{ flags: { uv: false } }, {}].map((changes) =>
      softwareAuthenticator().create(body.options, pages.customers, changes),
    );
    if (wrong === undefined || right === undefined) throw new Error('two were made');
    expect(await sendPasskey(app, token, body.factorId, wrong)).toMatchObject(refused);
    expect(await sendPasskey(app, token, body.factorId, right)).toMatchObject(refused);
    const again = await beginPasskey(app, token);
    const made = softwareAuthenticator().create(again.body.options, pages.customers);
    expect((await sendPasskey(app, token, again.body.factorId, made)).status).toBe(201);
    expect((await sendPasskey(app, strongToken(app, { userId: uuidv7() }), again.body.factorId, made)).status).toBe(
      404,
    );
  });

  test('404 too late, in another session, and for another user alike', async () => {
    const { token, userId } = await fresh();
    const { body } = await beginPasskey(app, token);
    const made = softwareAuthenticator().create(body.options, pages.customers);
    expect((await sendPasskey(app, app.issuer.token({ userId }), body.factorId, made)).status).toBe(404);
    expect((await sendPasskey(app, (await fresh()).token, body.factorId, made)).status).toBe(404);
    await app.database.query('update mfa.factors set expires_at = now() where id = $1', [body.factorId]);
    expect((await sendPasskey(app, token, body.factorId, made)).status).toBe(404);
  });

  test('SR-30: 422 for a credential that another user has, or the same user already', async () => {
    const { id, authenticator, userId } = await givenPasskey(app);
    const stolen = await register({ credentialId: bytesOf(id) });
    expect(stolen.answer).toMatchObject(refused);
    const token = passkeyToken(app, { userId, sessionId: uuidv7() });
    const { body } = await beginPasskey(app, token);
    const options = { ...body.options, excludeCredentials: [] };
    const made = authenticator.create(options, pages.customers, { credentialId: bytesOf(id) });
    expect(await sendPasskey(app, token, body.factorId, made)).toMatchObject(refused);
    expect((await kept(userId))?.['factor_id']).toBeDefined();
    expect(await kept(stolen.userId)).toBeUndefined();
  });

  test('SR-32: what is not confirmed neither protects nor shows', async () => {
    const { token } = await fresh();
    await beginPasskey(app, token);
    const { body } = await request(app.service, 'GET', '/v1/mfa/factors', { token });
    expect(body).toMatchObject({ items: [] });
  });
});
