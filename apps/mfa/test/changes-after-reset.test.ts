import { request } from '@bank/composition/testing';
import { type UserId, uuidv7 } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { holdUntilAwaited } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { auth, givenEnrolled, givenFactor, mfaApp } from './mfa-app.ts';

const app = mfaApp();

interface Victim {
  readonly userId: UserId;
  /** Of a session that proved a factor which was there before the reset. */
  readonly before: string;
  /** Of one that began afterwards. */
  readonly since: string;
  /** What its user has enrolled since. */
  readonly own: string;
}

/** Somebody with a factor, whose session is older than what comes now. */
async function givenSession(): Promise<Pick<Victim, 'userId' | 'before'>> {
  const { userId, sessionId } = await givenEnrolled(app);
  return { userId, before: app.issuer.token({ userId, sessionId, acr: 'aal2' }) };
}

/** All their factors are removed, of which auth has not heard yet, and they enrol another. */
async function givenVictim(): Promise<Victim> {
  const { userId, before } = await givenSession();
  await (await app.client(MfaService, auth)).removeFactors({ userId, recoveryId: uuidv7() });
  const authTime = Math.floor(Date.now() / 1000) + 1; // tokens tell whole seconds
  const since = app.issuer.token({ userId, acr: 'aal2', authTime });
  return { userId, before, since, own: await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() }) };
}

const ifMatch = { 'if-match': '"v1"' };
const changes: readonly (readonly [string, number, (token: string, own: string) => ReturnType<typeof request>])[] = [
  ['adds a factor', 201, (token) => request(app.service, 'POST', '/v1/mfa/totp', { token, body: {} })],
  ['makes recovery codes', 201, (token) => request(app.service, 'POST', '/v1/mfa/recovery-codes', { token })],
  [
    'renames a factor',
    200,
    (token, own) =>
      request(app.service, 'PATCH', `/v1/mfa/factors/${own}`, { token, headers: ifMatch, body: { label: 'Other' } }),
  ],
  [
    'removes a factor',
    204,
    (token, own) => request(app.service, 'DELETE', `/v1/mfa/factors/${own}`, { token, headers: ifMatch }),
  ],
];

/** What a user has, as rows. */
function heldBy(userId: UserId) {
  return app.database.query(
    `select f.id::text, f.version::text from mfa.factors f where user_id = $1
     union all select encode(digest, 'hex'), '' from mfa.recovery_codes where user_id = $1 order by 1`,
    [userId],
  );
}

describe('SR-31, SR-35: whoever signed in before all factors were removed', () => {
  test.each(changes)('%s no more, however late its end is told: 403', async (_what, status, change) => {
    const { userId, before, since, own } = await givenVictim();
    const held = await heldBy(userId);
    const refused = await change(before, own);
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal1' } });
    expect(await heldBy(userId)).toEqual(held);
    expect((await change(since, own)).status).toBe(status);
  });

  test('and at that very moment: the change waits, and is refused', async () => {
    const { userId, before } = await givenSession();
    const held = await heldBy(userId);
    const reset = await holdUntilAwaited(
      app.database,
      `update mfa.subjects set factors_reset_at = now() where user_id = '${userId}'`,
    );
    const { status, body } = await request(app.service, 'POST', '/v1/mfa/recovery-codes', { token: before });
    await reset.committed;
    expect([status, body]).toMatchObject([403, { code: 'auth.step_up.required', acr: 'aal1' }]);
    expect(await heldBy(userId)).toEqual(held);
  });
});
