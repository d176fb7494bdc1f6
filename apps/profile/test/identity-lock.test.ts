import { request } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, type UserId, uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { givenProfile, profileApp } from './profile-app.ts';

const app = profileApp();
const access = { who: allow.system('test'), unaudited: 'a test' };
const at = new Date('2026-11-20T10:00:00Z');

function lock(userId: UserId, action: 'lockIdentity' | 'unlockIdentity' = 'lockIdentity') {
  return withTransaction(app.ctx, access, (tx) => tx.profiles[action](userId, at));
}

function patch(token: string, body: unknown, tag: string) {
  return request(app.service, 'PATCH', '/v1/profile', { token, body, headers: { 'if-match': tag } });
}

const verified = {
  ...{ givenName: 'Ada', middleName: 'King', familyName: 'Lovelace' },
  ...{ dateOfBirth: '1990-12-10', nationality: 'GB', residence: 'DE' },
};

async function givenLocked() {
  const user = await givenProfile(app);
  await patch(user.token, verified, '"v1"');
  expect(await lock(user.userId)).toBe(3);
  return user;
}

describe('a locked identity', () => {
  test('is shown with the profile, under a new tag', async () => {
    const { token } = await givenLocked();
    const answer = await request(app.service, 'GET', '/v1/profile', { token });
    expect(answer.body).toMatchObject({ ...verified, identityLockedAt: at.toISOString() });
    expect(answer.headers.get('etag')).toBe('"v3"');
  });

  test.each(Object.keys(verified))('409: %s is not changed, nor taken away', async (field) => {
    const { token } = await givenLocked();
    const other = field === 'dateOfBirth' ? '1991-01-01' : field.endsWith('Name') ? 'Grace' : 'FR';
    for (const value of [other, null]) {
      expect(await patch(token, { [field]: value, occupation: 'Engineer' }, '"v3"')).toMatchObject({
        status: 409,
        body: { code: 'profile.field.locked', errors: [{ path: field, rule: 'locked' }] },
      });
    }
    const { body } = await request(app.service, 'GET', '/v1/profile', { token });
    expect(body).toMatchObject({ ...verified, occupation: null });
  });

  test('200: everything else changes, and what is locked may be said again', async () => {
    const { token } = await givenLocked();
    const body = { ...verified, preferredName: 'Countess', occupation: 'Engineer' };
    expect(await patch(token, body, '"v3"')).toMatchObject({ status: 200, body });
  });

  test('is locked once, and unlocked once', async () => {
    const { userId, token } = await givenLocked();
    expect(await lock(userId)).toBeUndefined();
    expect(await lock(userId, 'unlockIdentity')).toBe(4);
    expect(await lock(userId, 'unlockIdentity')).toBeUndefined();
    expect((await patch(token, { givenName: 'Grace' }, '"v4"')).status).toBe(200);
  });

  test('is none of a user without a profile', async () => {
    expect(await lock(uuidv7() as UserId)).toBeUndefined();
  });

  test.each(Array.from({ length: 20 }, (_, round) => round + 1))(
    'round %i: a change at the same moment comes before it or is refused',
    async () => {
      const { userId, token } = await givenProfile(app);
      await patch(token, verified, '"v1"');
      const outcomes = await raceOf(6, (index) =>
        index === 0 ? lock(userId).then(() => undefined) : patch(token, { givenName: `Ada ${index}` }, '"v2"'),
      );
      const answers = winners(outcomes).filter((answer) => answer !== undefined);
      const changed = answers.filter(({ status }) => status === 200);
      expect(changed.length).toBeLessThanOrEqual(1);
      expect(answers.every(({ status }) => [200, 409, 412].includes(status))).toBe(true);
      const { body } = await request(app.service, 'GET', '/v1/profile', { token });
      const { givenName, identityLockedAt } = body as Record<string, unknown>;
      expect(identityLockedAt).toBe(at.toISOString());
      expect(givenName).toBe(changed[0] ? (changed[0].body as { givenName: string }).givenName : 'Ada');
    },
  );
});
