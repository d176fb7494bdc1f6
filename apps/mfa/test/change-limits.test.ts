import { request } from '@bank/composition/testing';
import { expect, test } from 'vitest';
import { changeLimits } from '#transport/http/change-limits.ts';
import { routes } from '#transport/http/routes.ts';
import { givenEnrolled, mfaApp, strongToken } from './mfa-app.ts';

const app = mfaApp();
const perHour = 20;

/** Mails about credentials that one address gets in an hour: `EMAILS_PER_ADDRESS_PER_HOUR` of auth. */
const mailsPerHour = 30;

test('SR-20: whatever changes by what somebody is let in counts together, below the mails that tell of it', () => {
  const changing = routes.filter(({ method }) => method !== 'GET');
  const together = changing
    .filter(({ limits }) => limits === changeLimits)
    .map(({ method, path }) => `${method} ${path}`);
  expect(together.toSorted()).toEqual([
    'DELETE /v1/mfa/factors/:id',
    'POST /v1/mfa/email',
    'POST /v1/mfa/recovery-codes',
    'POST /v1/mfa/sms',
    'POST /v1/mfa/totp',
    'POST /v1/mfa/webauthn/options',
  ]);
  // What else there is ends what one of them began, or changes a name or an order.
  const others = changing
    .filter(({ limits }) => limits !== changeLimits)
    .map(({ method, path }) => `${method} ${path}`);
  expect(others.toSorted()).toEqual([
    'PATCH /v1/mfa/factors/:id',
    'POST /v1/mfa/email/:id/confirm',
    'POST /v1/mfa/sms/:id/confirm',
    'POST /v1/mfa/totp/:id/confirm',
    'POST /v1/mfa/webauthn',
  ]);
  for (const { points, windowSeconds } of changeLimits) {
    expect([points, windowSeconds]).toEqual([perHour, 3600]);
    expect(points).toBeLessThan(mailsPerHour);
  }
});

test('SR-20: one session that does all of it again and again brings about no more mails than are sent', async () => {
  const [enrolled, neighbour] = [await givenEnrolled(app), await givenEnrolled(app)];
  const { userId } = enrolled;
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
  expect(removed).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
  const told = `select 1 from mfa.outbox where subject = $1 and destination = 'deliveries'`;
  expect((await app.database.query(told, [userId])).length).toBeLessThan(mailsPerHour);
  expect((await send('GET', '/v1/mfa/factors')).status).toBe(200);
  expect((await send('POST', '/v1/mfa/recovery-codes', { token: strongToken(app, neighbour) })).status).toBe(201);
});

interface Sent {
  readonly token?: string;
  readonly body?: object;
  readonly headers?: Record<string, string>;
}
