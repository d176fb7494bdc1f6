import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { describe, expect, test } from 'vitest';
import { startAuth } from './auth-neighbour.ts';
import { admin, asStaff, givenProfile, ownProfileApp } from './profile-app.ts';

const auth = await startAuth();
const app = ownProfileApp(auth);
const noteId = uuidv7();

async function givenAda(): Promise<string> {
  const { token, userId } = await givenProfile(app);
  const body = { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10', occupation: 'Engineer' };
  await request(app.service, 'PATCH', '/v1/profile', { token, body, headers: { 'if-match': '"v1"' } });
  return userId;
}

async function readsOf(userId: string): Promise<unknown[]> {
  const rows = await app.database.query<{ data: unknown }>(
    "select data from profile.outbox where subject = $1 and data->>'action' = 'profile.read'",
    [userId],
  );
  return rows.map(({ data }) => data);
}

const client = () => app.client(ProfileService, admin);
const masked = { unmask: [], noteId: '' };

describe('ViewProfile', () => {
  test('SR-86: masks every value, and tells the ledger who looked', async () => {
    const [userId, support] = [await givenAda(), asStaff(app, 'support')];
    const { profile } = await (await client()).viewProfile({ userId, ...masked }, support.asked);
    expect(profile).toMatchObject({ userId, version: 2n, givenName: 'A***', familyName: 'L***', middleName: '' });
    expect(profile).toMatchObject({ dateOfBirth: '***', occupation: '***', nationality: '' });
    expect(await readsOf(userId)).toMatchObject([{ actor: { id: support.userId }, details: { masked: true } }]);
  });

  test('shows in full what is asked for, to who may, with the note that says why', async () => {
    const [userId, compliance] = [await givenAda(), asStaff(app, 'compliance')];
    const asked = { userId, unmask: ['dateOfBirth', 'givenName', 'dateOfBirth'], noteId };
    const { profile } = await (await client()).viewProfile(asked, compliance.asked);
    expect(profile).toMatchObject({ givenName: 'Ada', familyName: 'L***', dateOfBirth: '1990-12-10' });
    const details = { fields: 'givenName dateOfBirth', noteId };
    expect(await readsOf(userId)).toMatchObject([{ actor: { id: compliance.userId }, details }]);
  });

  test('SR-72: unmasks nothing of oneself nor of who stands as high, who are masked like anybody', async () => {
    const [userId, compliance] = [await givenAda(), asStaff(app, 'compliance')];
    const [unmasking, forbidden] = [{ unmask: ['givenName'], noteId }, { code: 'access.forbidden' }];
    for (const role of ['compliance', 'admin'] as const) {
      auth.roles.set(userId, ['customer', role]);
      const shown = (await client()).viewProfile({ userId, ...unmasking }, compliance.asked);
      await expect(shown).rejects.toMatchObject(forbidden);
    }
    const own = (await client()).viewProfile({ userId: compliance.userId, ...unmasking }, compliance.asked);
    await expect(own).rejects.toMatchObject(forbidden);
    expect(await readsOf(userId)).toEqual([]);
    const { profile } = await (await client()).viewProfile({ userId, ...masked }, compliance.asked);
    expect(profile).toMatchObject({ givenName: 'A***' });
    auth.roles.set(userId, ['customer', 'support']);
    const below = await (await client()).viewProfile({ userId, ...unmasking }, compliance.asked);
    expect(below.profile).toMatchObject({ givenName: 'Ada' });
  });

  test('SR-65: unmasks nothing for who may only read, and shows nothing to anybody else', async () => {
    const userId = await givenAda();
    const refused = async (call: object, asked: object, code: string) =>
      expect((await client()).viewProfile({ userId, ...call }, asked)).rejects.toMatchObject({ code });
    for (const role of ['support', 'admin'] as const) {
      await refused({ unmask: ['givenName'], noteId }, asStaff(app, role).asked, 'access.forbidden');
    }
    await refused(masked, asStaff(app, 'support', 'aal1').asked, 'auth.step_up.required');
    await refused(masked, {}, 'auth.token.missing');
    const customer = { headers: { 'bank-user-token': app.issuer.token({ userId, acr: 'aal2' }) } };
    await refused(masked, customer, 'auth.token.invalid');
    await refused(masked, { headers: { 'bank-user-token': 'x.y.z' } }, 'auth.token.invalid');
    expect(await readsOf(userId)).toEqual([]);
  });

  test.each([
    ['no note', { unmask: ['givenName'], noteId: '' }],
    ['a note that is none', { unmask: ['givenName'], noteId: 'because' }],
    ['a field nobody has', { unmask: ['__proto__'], noteId }],
    ['a column', { unmask: ['identity'], noteId }],
    ['a user who is none', { userId: 'x', ...masked }],
  ])('SR-66: refuses %s', async (_, changes) => {
    const call = { userId: await givenAda(), ...changes };
    await expect((await client()).viewProfile(call, asStaff(app, 'compliance').asked)).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });

  test('knows no profile of an unknown user', async () => {
    const call = { userId: uuidv7(), ...masked };
    await expect((await client()).viewProfile(call, asStaff(app, 'support').asked)).rejects.toMatchObject({
      code: 'profile.not_found',
    });
  });
});
