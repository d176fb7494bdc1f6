import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { expect, test } from 'vitest';
import { routes as ofKinds } from '#factor-types/gen/transport/routes.gen.ts';
import { confirmationStepUp } from '#features/factor/policies.ts';
import { changeLimits, removalLimits } from '#transport/http/change-limits.ts';
import { routes } from '#transport/http/routes.ts';
import { givenEnrolled, mfaApp, strongToken } from './mfa-app.ts';

const app = mfaApp();
const perHour = 20;

type Route = (typeof routes)[number];

/** Recovery codes, and the kinds that are listed here; another is held to the rule alone. */
const first = /^\/v1\/mfa\/(recovery-codes|email|sms|totp|webauthn)(\/|$)/;
const isOfAnother = (route: Route) => ofKinds.includes(route) && !first.test(route.path);

function changesWith(holds: (limits: Route['limits']) => boolean): readonly string[] {
  const changing = routes.filter((route) => route.method !== 'GET' && !isOfAnother(route));
  const found = changing.filter(({ limits }) => holds(limits));
  return found.map(({ method, path }) => `${method} ${path}`).toSorted();
}

test('SR-20: whatever begins a change of what somebody is let in by counts together, and removals apart', () => {
  expect(changesWith((limits) => limits === changeLimits)).toEqual([
    'POST /v1/mfa/email',
    'POST /v1/mfa/recovery-codes',
    'POST /v1/mfa/sms',
    'POST /v1/mfa/totp',
    'POST /v1/mfa/webauthn/options',
  ]);
  expect(changesWith((limits) => limits === removalLimits)).toEqual(['DELETE /v1/mfa/factors/:id']);
  // What else there is ends what one of them began, or changes a name or an order.
  expect(changesWith((limits) => limits !== changeLimits && limits !== removalLimits)).toEqual([
    'PATCH /v1/mfa/factors/:id',
    'POST /v1/mfa/email/:id/confirm',
    'POST /v1/mfa/sms/:id/confirm',
    'POST /v1/mfa/totp/:id/confirm',
    'POST /v1/mfa/webauthn',
  ]);
  for (const { points, windowSeconds } of [...changeLimits, ...removalLimits]) {
    expect([points, windowSeconds]).toEqual([perHour, 3600]);
  }
});

test('SR-20: of every kind, what ends no enrolment begins a change, and counts with the others', () => {
  const posts = ofKinds.filter(({ method }) => method === 'POST');
  const together = posts.filter(({ limits }) => limits === changeLimits);
  expect(together).toEqual(posts.filter(({ stepUp }) => stepUp !== confirmationStepUp));
});

test('SR-20: who has begun all that an hour allows removes a factor all the same', async () => {
  const [enrolled, neighbour] = [await givenEnrolled(app), await givenEnrolled(app)];
  const send = (method: string, path: string, { token = strongToken(app, enrolled), ...more }: Sent = {}) =>
    request(app.service, method, path, { token, ...more });
  const statuses: number[] = [];
  for (let count = 0; count < 2 * perHour; count += 1) {
    const codes = await send('POST', '/v1/mfa/recovery-codes');
    const begun = await send('POST', '/v1/mfa/totp', { body: {} });
    statuses.push(codes.status, begun.status);
  }
  expect(statuses.filter((status) => status === 201)).toHaveLength(perHour - 1); // it has enrolled an app before
  expect(new Set(statuses.slice(perHour))).toEqual(new Set([429]));
  const removed = await send('DELETE', `/v1/mfa/factors/${enrolled.factorId}`, {
    headers: { 'if-match': enrolled.etag },
  });
  expect(removed.status).toBe(204);
  expect((await send('GET', '/v1/mfa/factors')).status).toBe(200);
  expect((await send('POST', '/v1/mfa/recovery-codes', { token: strongToken(app, neighbour) })).status).toBe(201);
});

test('SR-20: a session that may remove nothing shuts the removal to itself alone', async () => {
  const enrolled = await givenEnrolled(app);
  const { userId, factorId, etag } = enrolled;
  const weak = app.issuer.token({ userId, acr: 'aal1', sessionId: uuidv7() });
  const remove = (token: string) =>
    request(app.service, 'DELETE', `/v1/mfa/factors/${factorId}`, { token, headers: { 'if-match': etag } });
  for (let count = 0; count < perHour; count += 1) {
    expect(await remove(weak)).toMatchObject({ status: 403, body: { code: 'auth.step_up.required' } });
  }
  expect(await remove(weak)).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
  expect((await remove(strongToken(app, enrolled))).status).toBe(204);
});

interface Sent {
  readonly token?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}
