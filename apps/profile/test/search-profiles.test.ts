import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { ProfileService } from '@bank/proto/profile';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { indexProfiles } from '#features/search/index-profiles.ts';
import { admin, asStaff, givenProfile, ownProfileApp, tools } from './profile-app.ts';

const app = ownProfileApp();
/** Ten at random, of a to w: an x after some of them begins no name. */
const letters = () => Array.from({ length: 10 }, () => String.fromCharCode(97 + Math.random() * 23)).join('');

async function givenNamed(names: object) {
  const user = await givenProfile(app);
  await rename(user.token, names, '"v1"');
  return user;
}

async function rename(token: string, names: object, etag: string) {
  const { status } = await request(app.service, 'PATCH', '/v1/profile', {
    token,
    body: names,
    headers: { 'if-match': etag },
  });
  expect(status).toBe(200);
}

async function search(asked: object, staff = asStaff(app, 'support')) {
  const client = await app.client(ProfileService, admin);
  return client.searchProfiles({ name: '', dateOfBirth: '', limit: 0, cursor: '', ...asked }, staff.asked);
}

async function found(asked: object): Promise<string[]> {
  return (await search(asked)).profiles.map(({ userId }) => userId);
}

async function tokensOf(userId: string): Promise<{ key_id: string }[]> {
  return await app.database.query('select key_id from profile.search_tokens where owner_id = $1', [userId]);
}

/** Leaves the profile as a process of the release before leaves it: changed, and the search not told. */
async function changedByReleaseBefore(userId: string) {
  await app.database.query('delete from profile.search_tokens where owner_id = $1', [userId]);
  await app.database.query('update profile.profiles set version = version + 1 where user_id = $1', [userId]);
}

describe('SearchProfiles', () => {
  test('finds by words, beginnings and the date of birth, in any order, case and accent', async () => {
    const [given, family] = [`José${letters()}`, `Öz${letters()}`];
    const born = { dateOfBirth: '1931-02-03' };
    const { userId } = await givenNamed({ givenName: given, middleName: 'Li', familyName: family, ...born });
    const other = await givenNamed({ givenName: given, familyName: `Other${letters()}`, dateOfBirth: '1931-02-04' });
    for (const asked of [
      { name: `${family} ${given}` },
      { name: `${given} li ${family.toUpperCase()}` },
      { name: family.normalize('NFD') },
      { name: `oz${family.slice(2)}` },
      { name: `${family.slice(0, 3)}* ${given}` },
      { name: `${family.slice(0, 9)}* ${given.slice(0, 5)}*` },
      { name: given, ...born },
      { name: `${given.slice(0, 6)}* li`, ...born },
    ]) {
      expect(await found(asked), JSON.stringify(asked)).toEqual([userId]);
    }
    expect(await found({ name: given })).toEqual([other.userId, userId]);
    expect(await found({ name: `${given} ${letters()}` })).toEqual([]);
    expect(await found({ name: given.slice(0, -1) })).toEqual([]);
    expect(await found({ name: `${family.slice(0, 6)}x*` })).toEqual([]);
  });

  test('SR-86: shows every value masked, and tells the ledger who searched, not for what', async () => {
    const name = `Ada${letters()}`;
    const { userId } = await givenNamed({ givenName: name, familyName: 'Lovelace', occupation: 'Engineer' });
    const staff = asStaff(app, 'support');
    const { profiles, nextCursor } = await search({ name: `${name} love*` }, staff);
    expect(profiles).toMatchObject([{ userId, givenName: 'A***', familyName: 'L***', occupation: '***' }]);
    expect(nextCursor).toBe('');
    const rows = await app.database.query<{ subject: string; data: unknown }>(
      `select subject, data from profile.outbox where data->>'action' = 'profile.searched'
        and data->'actor'->>'id' = $1`,
      [staff.userId],
    );
    expect(rows).toMatchObject([
      { subject: userId, data: { details: { words: 1, beginnings: 1, born: false, found: 1 } } },
    ]);
    expect(JSON.stringify(rows).toLowerCase()).not.toContain(name.toLowerCase());
  });

  test('SR-74: goes page after page, the latest user first, with a cursor for this search and this person', async () => {
    const name = `Grace${letters()}`;
    const users: string[] = [];
    for (let count = 0; count < 5; count += 1) users.push((await givenNamed({ givenName: name })).userId);
    const staff = asStaff(app, 'support');
    const first = await search({ name, limit: 2 }, staff);
    const second = await search({ name, limit: 2, cursor: first.nextCursor }, staff);
    const third = await search({ name, limit: 2, cursor: second.nextCursor }, staff);
    const pages = [first, second, third].flatMap(({ profiles }) => profiles.map(({ userId }) => userId));
    expect(pages).toEqual(users.toReversed());
    expect(third.nextCursor).toBe('');
    expect(Buffer.from(first.nextCursor, 'base64url').toString('latin1')).not.toContain(name.toLowerCase());
    const refused = { code: 'request.invalid' };
    await expect(search({ name: 'grace', cursor: first.nextCursor }, staff)).rejects.toMatchObject(refused);
    await expect(search({ name, cursor: first.nextCursor })).rejects.toMatchObject(refused);
  });

  test('SR-65: not for customers, not at aal1, not for another app', async () => {
    const [asked, customer] = [{ name: 'ada' }, asStaff(app, 'customer')];
    await expect(search(asked, customer)).rejects.toMatchObject({ code: 'access.forbidden' });
    await expect(search(asked, asStaff(app, 'support', 'aal1'))).rejects.toMatchObject({
      code: 'auth.step_up.required',
    });
    const client = await app.client(ProfileService, tools);
    await expect(client.searchProfiles(asked, asStaff(app, 'support').asked)).rejects.toMatchObject({
      cause: { rawMessage: 'The calling service may not use this method.' },
    });
  });

  test.each([
    ['a date of birth alone', {}, 'required'],
    ['a date of birth and beginnings of words', { name: 'ada* love*' }, 'name_whole_word'],
  ])('SR-86: nobody is read out of the search by %s', async (_, asked, rule) => {
    const refused = { code: 'request.invalid', details: { errors: [{ path: 'name', rule }] } };
    await expect(search({ ...asked, dateOfBirth: '1815-12-10' })).rejects.toMatchObject(refused);
  });

  test('SR-86: nor by many searches: one member of staff has sixty an hour, whatever they find', async () => {
    const staff = asStaff(app, 'support');
    for (let count = 0; count < 60; count += 1) await search({ name: `${letters()}*` }, staff);
    const refused = { code: 'request.rate_limited', details: { retryAfterSeconds: expect.any(Number) } };
    await expect(search({ name: 'ada' }, staff)).rejects.toMatchObject(refused);
    expect((await search({ name: letters() })).profiles).toEqual([]);
  });

  test.each([
    ['nothing', {}],
    ['no word', { name: ' -· ' }],
    ['a beginning of two letters', { name: 'ad*' }],
    ['too many words', { name: 'a b c d e f g h i' }],
    ['no date', { name: 'ada', dateOfBirth: '10.12.1815' }],
    ['a day that is none', { name: 'ada', dateOfBirth: '2024-02-30' }],
    ['too many people', { name: 'ada', limit: 101 }],
    ['a cursor that is none', { name: 'ada', cursor: 'x' }],
  ])('refuses %s', async (_, asked) => {
    await expect(search(asked)).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('what finds a person', () => {
  test('changes in the transaction of the profile: the name of before finds nobody', async () => {
    const [before, after] = [`Before${letters()}`, `After${letters()}`];
    const { userId, token } = await givenNamed({ familyName: before });
    await rename(token, { familyName: after }, '"v2"');
    expect(await found({ name: before })).toEqual([]);
    expect(await found({ name: after })).toEqual([userId]);
    await rename(token, { familyName: null }, '"v3"');
    expect(await tokensOf(userId)).toEqual([]);
  });

  test('is not taken over by a change that lost', async () => {
    const { userId, token } = await givenProfile(app);
    const names = Array.from({ length: 20 }, () => `Race${letters()}`);
    await raceOf(names.length, (index) =>
      request(app.service, 'PATCH', '/v1/profile', {
        token,
        body: { givenName: names[index] },
        headers: { 'if-match': '"v1"' },
      }),
    );
    const { body } = await request(app.service, 'GET', '/v1/profile', { token });
    const { givenName } = body as { givenName: string };
    expect(await found({ name: givenName })).toEqual([userId]);
    const words = await app.database.query('select 1 from profile.search_tokens where owner_id = $1', [userId]);
    expect(words).toHaveLength(4); // the word, and its beginnings of 3, 4 and 6 letters
  });

  test('SR-88: goes with an erasure, also against a change at the same time, and stays away', async () => {
    const client = await app.client(DataRightsService, 'spiffe://bank/app/profile');
    const erased: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      const { userId, token } = await givenProfile(app);
      erased.push(userId);
      const work: (() => Promise<unknown>)[] = [
        () => client.eraseUser({ userId, requestId: uuidv7() }),
        () =>
          request(app.service, 'PATCH', '/v1/profile', {
            token,
            body: { givenName: 'Ada' },
            headers: { 'if-match': '"v1"' },
          }),
      ];
      expect(winners(await raceOf(2, (index) => work[index]?.() ?? Promise.reject())).length).toBeGreaterThan(0);
      expect(await tokensOf(userId)).toEqual([]);
      await changedByReleaseBefore(userId);
    }
    await indexProfiles(app.ctx, 1000);
    const left = 'select 1 from profile.search_tokens where owner_id = any($1)';
    expect(await app.database.query(left, [erased])).toEqual([]);
    const behind = 'select 1 from profile.profiles where search_version is distinct from version';
    expect(await app.database.query(behind)).toEqual([]);
  });

  test('SR-84: is a digest: no word of the name stands in the table', async () => {
    const name = `Canary${letters()}`;
    const { userId } = await givenNamed({ familyName: name });
    const rows = await app.database.query<{ row: string }>(
      'select t::text as row from profile.search_tokens t where owner_id = $1',
      [userId],
    );
    expect(rows.length).toBeGreaterThan(0);
    const dump = JSON.stringify(rows).toLowerCase();
    expect(dump).not.toContain(name.toLowerCase());
    expect(dump).not.toContain(Buffer.from(name.toLowerCase()).toString('hex'));
  });
});

describe('the job that catches up', () => {
  test('finds who was changed by the release before, once, however many are at it', async () => {
    const name = `Late${letters()}`;
    const { userId } = await givenNamed({ familyName: name });
    await changedByReleaseBefore(userId);
    expect(await found({ name })).toEqual([]);
    const done = await Promise.all([
      indexProfiles(app.ctx, 1000),
      indexProfiles(app.ctx, 1000),
      indexProfiles(app.ctx, 1000),
    ]);
    expect(done.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    expect(await found({ name })).toEqual([userId]);
    expect(await indexProfiles(app.ctx, 1000)).toBe(0);
  });

  test('goes through more than a batch of those who were stored under another scheme', async () => {
    const users = await Promise.all(Array.from({ length: 60 }, () => givenProfile(app)));
    const ids = users.map(({ userId }) => userId);
    await app.database.query(
      `update profile.profiles set search_scheme = case when get_byte(uuid_send(user_id), 15) % 2 = 0 then '0.k0' else '9.k9' end
        where user_id = any($1)`,
      [ids],
    );
    await indexProfiles(app.ctx, 1000);
    const schemes = await app.database.query<{ scheme: string }>(
      'select distinct search_scheme as scheme from profile.profiles where user_id = any($1)',
      [ids],
    );
    expect(schemes).toEqual([{ scheme: '1.k1' }]);
  });

  test('leaves out a profile that does not open, and goes on with the others', async () => {
    const name = `Sound${letters()}`;
    const [broken, sound] = [await givenNamed({ familyName: name }), await givenNamed({ familyName: name })];
    for (const { userId } of [broken, sound]) await changedByReleaseBefore(userId);
    await app.database.query(`update profile.profiles set identity = '\\x0000' where user_id = $1`, [broken.userId]);
    await indexProfiles(app.ctx, 1000);
    expect(await found({ name })).toEqual([sound.userId]);
    const behind = 'select user_id from profile.profiles where search_version is distinct from version';
    expect(await app.database.query(behind)).toEqual([{ user_id: broken.userId }]);
    await app.database.query('delete from profile.profiles where user_id = $1', [broken.userId]);
  });
});
