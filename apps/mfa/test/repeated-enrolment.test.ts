import { keepDeliveries, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { testCertificates } from '@bank/testing';
import { type CreationOptions, softwareAuthenticator } from '@bank/testing/webauthn';
import { beforeAll, describe, expect, test } from 'vitest';
import { shownCode } from './authenticator.ts';
import { givenSubject, ownMfaApp, pages } from './mfa-app.ts';
import { authOfContacts, codesOf, givenReachable, lastCodeOf } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });
beforeAll(() => keepDeliveries(app, 'mfa'));

/** What an enrolment answers; each kind has its part of it. */
interface Answer {
  readonly status: number;
  readonly body: { readonly factorId: string; readonly secret: string; readonly options: CreationOptions };
}

/** Sends a request as a client does that never saw the answer: again, with the same key. */
async function twice(path: string, token: string, body: object = {}): Promise<Answer> {
  const asked = { token, body, headers: { 'idempotency-key': uuidv7() } };
  const first = await request(app.service, 'POST', path, asked);
  const again = await request(app.service, 'POST', path, asked);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect([again.status, again.body]).toEqual([first.status, first.body]);
  return first as Answer;
}

describe('whoever lost the answer to an enrolment gets it again', () => {
  test.each(['sms', 'email'])('%s: one code, which confirms it twice', async (type) => {
    const { token, userId } = await givenReachable(app);
    const { status, body } = await twice(`/v1/mfa/${type}`, token);
    expect(status).toBe(201);
    expect(await codesOf(app, userId)).toHaveLength(1);
    const code = await lastCodeOf(app, userId);
    expect(await twice(`/v1/mfa/${type}/${body.factorId}/confirm`, token, { code })).toMatchObject({ status: 200 });
  });

  test('webauthn: the same options, and one passkey', async () => {
    const userId = await givenSubject(app);
    const token = app.issuer.token({ userId, sessionId: uuidv7() });
    const { body } = await twice('/v1/mfa/webauthn/options', token);
    const response = softwareAuthenticator().create(body.options, pages.customers);
    const { factorId } = body;
    expect(await twice('/v1/mfa/webauthn', token, { factorId, response })).toMatchObject({ status: 201 });
  });

  test('totp: confirmed twice; its secret is kept by nobody', async () => {
    const userId = await givenSubject(app);
    const token = app.issuer.token({ userId, sessionId: uuidv7() });
    const headers = { 'idempotency-key': uuidv7() };
    const begin = () => request(app.service, 'POST', '/v1/mfa/totp', { token, body: {}, headers }) as Promise<Answer>;
    const { factorId } = (await begin()).body;
    const begun = (await begin()).body;
    expect(begun.factorId).not.toBe(factorId);
    const kept = await app.database.query('select route from mfa.idempotency_keys where user_id = $1', [userId]);
    expect(kept).toEqual([]);
    const code = shownCode(begun.secret);
    expect(await twice(`/v1/mfa/totp/${begun.factorId}/confirm`, token, { code })).toMatchObject({ status: 200 });
  });
});

test('SR-73 whose answer died with its process: no second code goes out, and the key says why', async () => {
  const { token, userId } = await givenReachable(app);
  const asked = { token, body: {}, headers: { 'idempotency-key': uuidv7() } };
  await request(app.service, 'POST', '/v1/mfa/sms', asked);
  // As it is when the process is killed between the commit and the answer, a minute later.
  await app.database.query(
    "update mfa.idempotency_keys set answer = null, claimed_until = now() - interval '1 second' where user_id = $1",
    [userId],
  );
  const again = await request(app.service, 'POST', '/v1/mfa/sms', asked);
  expect(again).toMatchObject({ status: 409, body: { code: 'request.idempotency_interrupted' } });
  expect(await codesOf(app, userId)).toHaveLength(1);
});
