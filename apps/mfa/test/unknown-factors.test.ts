import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType, MfaService } from '@bank/proto/mfa';
import { describe, expect, test } from 'vitest';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { auth, givenFactor, givenSubject, ownMfaApp, strongToken } from './mfa-app.ts';

const app = ownMfaApp();
const confirmedAt = new Date('2026-11-01T00:00:00Z');

/** As a release enrols them that has one more kind and runs beside this one, or has run before it. */
async function givenFactors(...types: string[]) {
  const userId = await givenSubject(app);
  const factorIds: string[] = [];
  for (const type of types)
    factorIds.push(await givenFactor(app, userId, { type: type as FactorTypeName, confirmedAt }));
  return { userId, factorIds, client: await app.client(MfaService, auth) };
}

describe('SR-29: a factor of a kind that this version does not know', () => {
  test.each([
    [['pigeon'], [FactorType.UNSPECIFIED]],
    [['email', 'pigeon'], [FactorType.UNSPECIFIED]],
    [
      ['totp', 'pigeon'],
      [FactorType.UNSPECIFIED, FactorType.TOTP],
    ],
  ])('is told to auth, which lets nobody in by the password alone: %j', async (enrolled, told) => {
    const { userId, client } = await givenFactors(...enrolled);
    const { factors } = await client.listFactors({ userId });
    expect(factors.map(({ type }) => type)).toEqual(told);
    expect(factors.map(({ kind }) => kind?.name)).toEqual(told.map((type) => (type === 0 ? undefined : 'totp')));
  });

  test('cannot be asked for, nor can what raises nothing beside it; any other can', async () => {
    const { userId, factorIds, client } = await givenFactors('pigeon', 'email', 'totp');
    const ask = (factorId = '', purpose: ChallengePurpose = ChallengePurpose.SIGN_IN) =>
      client.startChallenge({ userId, factorId, bindingId: uuidv7(), purpose }).then(
        ({ type }) => type,
        ({ code }) => code,
      );
    const [pigeon, email, totp] = factorIds;
    expect(await ask(pigeon)).toBe('factor.not_found');
    expect(await ask(pigeon, ChallengePurpose.STEP_UP)).toBe('factor.not_found');
    expect(await ask(email)).toBe('factor.not_found');
    expect(await ask(totp)).toBe(FactorType.TOTP);
  });

  test('SR-31 is no reason to add another at aal1, and is removed like any', async () => {
    const { userId, factorIds, client } = await givenFactors('pigeon');
    const token = app.issuer.token({ userId });
    const added = await request(app.service, 'POST', '/v1/mfa/totp', { token, body: {} });
    expect(added).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal2' } });
    const removed = await request(app.service, 'DELETE', `/v1/mfa/factors/${factorIds[0]}`, {
      token: strongToken(app, { userId }),
      headers: { 'if-match': '"v1"' },
    });
    expect(removed.status).toBe(204);
    const [event] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and type = 'mfa.factor_removed.v1'`,
      [userId],
    );
    expect(event?.data).toMatchObject({ factorId: factorIds[0], typeName: 'pigeon' });
    expect((await client.listFactors({ userId })).factors).toEqual([]);
  });

  test('SR-35 goes with all others when its user is recovered', async () => {
    const { userId, client } = await givenFactors('pigeon', 'totp');
    expect(await client.removeFactors({ userId, recoveryId: uuidv7() })).toMatchObject({ removedCount: 2 });
    expect((await client.listFactors({ userId })).factors).toEqual([]);
  });
});
