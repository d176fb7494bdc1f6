import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { AddressType, ProfileService } from '@bank/proto/profile';
import { describe, expect, test } from 'vitest';
import { admin, givenProfile, profileApp, tools, verifier } from './profile-app.ts';

const app = profileApp();

async function givenAda(): Promise<string> {
  const { token, userId } = await givenProfile(app);
  const taxResidencies = [{ country: 'DE', tin: '65929970489' }];
  const names = { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10' };
  const body = { ...names, occupation: 'Engineer', residence: 'DE', sourceOfFunds: 'gift', taxResidencies };
  await request(app.service, 'PATCH', '/v1/profile', { token, body, headers: { 'if-match': '"v1"' } });
  const home = { lines: ['1 High St'], city: 'Accra', country: 'GH' };
  const headers = { 'if-match': '"v2"' };
  await request(app.service, 'PUT', '/v1/profile/addresses/home', { token, body: home, headers });
  return userId;
}

async function readsOf(userId: string): Promise<unknown[]> {
  const rows = await app.database.query<{ data: unknown }>(
    "select data from profile.outbox where subject = $1 and data->>'action' = 'profile.read'",
    [userId],
  );
  return rows.map(({ data }) => data);
}

describe('GetProfile', () => {
  test('shows the fields listed for the caller, and tells the ledger', async () => {
    const userId = await givenAda();
    const { profile } = await (await app.client(ProfileService, admin)).getProfile({ userId });
    expect(profile).toMatchObject({ userId, version: 3n, givenName: 'Ada', familyName: 'Lovelace' });
    expect(profile).toMatchObject({ dateOfBirth: '', occupation: '', residence: '', sourceOfFunds: '' });
    expect(profile).toMatchObject({ addresses: [], taxResidencies: [] });
    expect(profile).not.toHaveProperty('createdAt');
    expect(await readsOf(userId)).toMatchObject([
      { actor: { kind: 'ACTOR_KIND_SERVICE', id: 'admin' }, details: { fields: 'givenName familyName' } },
    ]);
  });

  test('shows verifiers what they verify', async () => {
    const userId = await givenAda();
    const { profile } = await (await app.client(ProfileService, verifier)).getProfile({ userId });
    expect(profile).toMatchObject({
      ...{ givenName: '', residence: 'DE', sourceOfFunds: 'gift' },
      addresses: [{ type: AddressType.HOME, lines: ['1 High St'], city: 'Accra', region: '', country: 'GH' }],
      taxResidencies: [{ country: 'DE', tin: '65929970489', noTinReason: '', explanation: '' }],
    });
    const fields = 'residence addresses sourceOfFunds taxResidencies';
    expect(await readsOf(userId)).toMatchObject([{ details: { fields } }]);
  });

  test('shows id and version where nothing is listed, which is no read of personal data', async () => {
    const userId = await givenAda();
    const { profile } = await (await app.client(ProfileService, tools)).getProfile({ userId });
    expect(profile).toMatchObject({ userId, version: 3n, givenName: '', familyName: '' });
    expect(profile).not.toHaveProperty('updatedAt');
    expect(await readsOf(userId)).toEqual([]);
  });

  test('knows no profile of an unknown user', async () => {
    const client = await app.client(ProfileService, admin);
    await expect(client.getProfile({ userId: uuidv7() })).rejects.toMatchObject({ code: 'profile.not_found' });
  });

  test('refuses an id that is none', async () => {
    const client = await app.client(ProfileService, admin);
    await expect(client.getProfile({ userId: "'; drop table" })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('BatchGetProfiles', () => {
  test('answers each user once and leaves out who has no profile', async () => {
    const [one, other] = [await givenAda(), await givenAda()];
    const client = await app.client(ProfileService, admin);
    const { profiles } = await client.batchGetProfiles({ userIds: [one, other, uuidv7(), one] });
    expect(profiles.map(({ userId }) => userId).sort()).toEqual([one, other].sort());
    expect(profiles.every(({ givenName, dateOfBirth }) => givenName === 'Ada' && dateOfBirth === '')).toBe(true);
    expect(await readsOf(one)).toHaveLength(1);
  });

  test.each([0, 101])('refuses a list of %i', async (length) => {
    const client = await app.client(ProfileService, admin);
    const userIds = Array.from({ length }, () => uuidv7());
    await expect(client.batchGetProfiles({ userIds })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('SR-68: who may ask', () => {
  const refused = { cause: { rawMessage: 'The calling service may not use this method.' } };

  test('no app that the caller table does not list', async () => {
    const client = await app.client(ProfileService, 'spiffe://bank/app/device');
    await expect(client.getProfile({ userId: uuidv7() })).rejects.toMatchObject(refused);
  });

  test('no listed app for another method', async () => {
    const client = await app.client(ProfileService, tools);
    await expect(client.batchGetProfiles({ userIds: [uuidv7()] })).rejects.toMatchObject(refused);
  });
});
