import { request } from '@bank/composition/testing';
import { readerOf, runStatement, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { describe, expect, test } from 'vitest';
import { groupNames, profileGroups } from '#storage/profile-groups.ts';
import { admin, givenProfile, profileApp } from './profile-app.ts';

const app = profileApp();

async function givenNamed(givenName: string) {
  const user = await givenProfile(app);
  const body = {
    ...{ givenName, familyName: 'Quintessa', occupation: 'Astronomer', residence: 'DE' },
    ...{ gender: 'self_described', genderDescription: 'Wildflower', sourceOfFunds: 'inheritance' },
    taxResidencies: [{ country: 'DE', tin: 'Q65929970489' }],
  };
  await request(app.service, 'PATCH', '/v1/profile', { token: user.token, body, headers: { 'if-match': '"v1"' } });
  return user;
}

/** Every row of the database in which the text stands, readable or as hexadecimal bytes. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await app.database.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'profile'",
  );
  const found = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await app.database.query<{ row: string }>(`select t::text as row from ${name} t`);
      const hex = Buffer.from(text).toString('hex');
      return rows.some(({ row }) => row.includes(text) || row.includes(hex)) ? [name] : [];
    }),
  );
  return found.flat();
}

describe('SR-84: personal data at rest', () => {
  test('stands nowhere in the database', async () => {
    const { userId } = await givenNamed('Ottoline');
    expect(await tablesWith('Ottoline')).toEqual([]);
    for (const word of ['Astronomer', 'Wildflower', 'inheritance', 'Q65929970489']) {
      expect(await tablesWith(word)).toEqual([]);
    }
    expect(await tablesWith(userId)).toContain('profile.profiles');
  });

  test.each(groupNames)('of two users does not open when their %s is swapped', async (group) => {
    const [one, other] = [await givenNamed('Ada'), await givenNamed('Grace')];
    await app.database.query(
      `update profile.profiles p set ${group} = q.${group} from profile.profiles q
        where (p.user_id, q.user_id) in (($1, $2), ($2, $1))`,
      [one.userId, other.userId],
    );
    for (const { token, userId } of [one, other]) {
      const answer = await request(app.service, 'GET', '/v1/profile', { token });
      expect(answer).toMatchObject({ status: 503, body: { code: 'profile.unreadable' } });
      expect(answer.headers.get('retry-after')).toBe('3600');
      const client = await app.client(ProfileService, admin);
      const asking = client.getProfile({ userId });
      // Names are listed for it: what it does not see stays closed, and is no fault.
      if (group === 'identity') await expect(asking).rejects.toMatchObject({ code: 'profile.unreadable' });
      else expect((await asking).profile).toMatchObject({ familyName: 'Quintessa', residence: '' });
    }
  });

  test('of one user does not open when their two groups are swapped', async () => {
    const { token, userId } = await givenNamed('Ada');
    const swap = 'update profile.profiles set identity = particulars, particulars = identity where user_id = $1';
    await app.database.query(swap, [userId]);
    expect((await request(app.service, 'GET', '/v1/profile', { token })).status).toBe(503);
  });

  test('is gone with its erasable key, and what law keeps stays', async () => {
    const { userId } = await givenNamed('Ada');
    const access = { who: allow.system('erasure'), unaudited: 'only the key is of interest here' };
    await withTransaction(app.ctx, access, ({ em }) => app.ctx.vault.destroyKeys(em, userId, 'erasable'));
    const profile = await readerOf(app.ctx).profiles.find(userId);
    expect(profile).toMatchObject({ givenName: 'Ada', occupation: null, gender: null, genderDescription: null });
    expect(profile).toMatchObject({ residence: 'DE', taxResidencies: [{ country: 'DE', tin: 'Q65929970489' }] });
  });

  test('that a release before wrote opens with what it knew, and loses nothing that it does not know', async () => {
    const { userId, token } = await givenNamed('Ada');
    const place = { userId, table: 'profiles' };
    const access = { who: allow.system('release 0.1.0'), unaudited: 'a release before' };
    await withTransaction(app.ctx, access, async ({ em }) => {
      const { vault } = app.ctx;
      const known = { ...profileGroups.identity.empty, givenName: 'Grace' };
      const identity = await vault.seal(em, { ...place, group: 'identity', keyClass: 'retained' }, known);
      const told = { preferredName: null, occupation: 'Admiral' };
      const particulars = await vault.seal(em, { ...place, group: 'particulars', keyClass: 'erasable' }, told);
      const write =
        'update profile.profiles set identity = ?, particulars = ?, version = version + 1 where user_id = ?';
      await runStatement(em, write, [identity, particulars, userId]);
    });
    const answer = await request(app.service, 'GET', '/v1/profile', { token });
    expect(answer).toMatchObject({
      status: 200,
      body: { givenName: 'Grace', familyName: null, occupation: 'Admiral', genderDescription: 'Wildflower' },
    });
  });
});
