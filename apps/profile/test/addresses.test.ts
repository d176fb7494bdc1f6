import { request } from '@bank/composition/testing';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { givenProfile, profileApp } from './profile-app.ts';

const app = profileApp();
const home = { lines: ['Großbeerenstraße 2-10', 'Hinterhaus'], city: 'Berlin', postalCode: '10963', country: 'DE' };
const whole = { ...home, district: null, region: null };

function put(token: string, type: string, body: unknown, tag = '"v1"') {
  return request(app.service, 'PUT', `/v1/profile/addresses/${type}`, { token, body, headers: { 'if-match': tag } });
}

function remove(token: string, type: string, tag: string) {
  return request(app.service, 'DELETE', `/v1/profile/addresses/${type}`, { token, headers: { 'if-match': tag } });
}

function outboxOf(userId: string) {
  return app.database.query<{ type: string; data: Record<string, unknown> }>(
    'select type, data from profile.outbox where subject = $1 order by id',
    [userId],
  );
}

describe('PUT /v1/profile/addresses/{type}', () => {
  test('200: the profile has it, under a new tag', async () => {
    const { token } = await givenProfile(app);
    const answer = await put(token, 'home', home);
    expect(answer).toMatchObject({ status: 200, body: { addresses: { home: whole, mailing: null } } });
    expect(answer.headers.get('etag')).toBe('"v2"');
    const second = await put(token, 'mailing', { lines: ['1 High St'], city: 'Accra', country: 'GH' }, '"v2"');
    expect(second).toMatchObject({ status: 200, body: { addresses: { home: whole, mailing: { country: 'GH' } } } });
    const got = await request(app.service, 'GET', '/v1/profile', { token });
    expect(got.body).toEqual(second.body);
  });

  test('200: it is told of by name, never by value', async () => {
    const { userId, token } = await givenProfile(app);
    await put(token, 'home', home);
    const [, event, audit] = await outboxOf(userId);
    expect(event).toMatchObject({ type: 'profile.updated.v1', data: { version: '2', changedFields: ['addresses'] } });
    expect(audit?.data).toMatchObject({
      action: 'profile.updated',
      details: { version: 2, fields: 'addresses', address: 'home' },
    });
    expect(JSON.stringify([event, audit])).not.toMatch(/Berlin|10963/);
  });

  test('200: the same again keeps the version and tells nobody', async () => {
    const { userId, token } = await givenProfile(app);
    await put(token, 'home', home);
    const before = await outboxOf(userId);
    const again = await put(token, 'home', home, '"v2"');
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"v2"']);
    expect(await outboxOf(userId)).toEqual(before);
  });

  test('412: a tag that is stale, and of many at once all but one', async () => {
    const { token } = await givenProfile(app);
    const outcomes = await raceOf(12, (index) => put(token, index % 2 ? 'home' : 'mailing', home));
    const statuses = winners(outcomes).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, ...Array.from({ length: 11 }, () => 412)]);
  });

  test('428: without If-Match', async () => {
    const { token } = await givenProfile(app);
    const answer = await request(app.service, 'PUT', '/v1/profile/addresses/home', { token, body: home });
    expect(answer.status).toBe(428);
  });

  test('404: a user without a profile', async () => {
    expect((await put(app.issuer.token(), 'home', home)).status).toBe(404);
  });

  test.each([
    ['an address of no kind', 'work', home, { path: 'type', rule: 'picklist' }],
    ['no postal code', 'home', { ...home, postalCode: null }, { path: 'postalCode', rule: 'required_in_country' }],
    [
      'one of elsewhere',
      'home',
      { ...home, postalCode: 'W1A' },
      { path: 'postalCode', rule: 'postal_code_of_country' },
    ],
    ['no line', 'home', { ...home, lines: [] }, { path: 'lines', rule: 'min_length' }],
    ['four lines', 'home', { ...home, lines: ['1', '2', '3', '4'] }, { path: 'lines', rule: 'max_length' }],
    ['no country', 'home', { ...home, country: 'ZZ' }, { path: 'country', rule: 'country_code' }],
    ['SR-76: a formula', 'home', { ...home, city: '=cmd' }, { path: 'city', rule: 'address_characters' }],
    ['SR-66: a column', 'home', { ...home, version: 7 }, { path: 'version', rule: 'unknown_field' }],
  ])('422: %s', async (_, type, body, error) => {
    const { token } = await givenProfile(app);
    expect(await put(token, type, body)).toMatchObject({ status: 422, body: { errors: [error] } });
  });
});

describe('DELETE /v1/profile/addresses/{type}', () => {
  test('204: it is gone, the other one stays, and the new tag is given', async () => {
    const { token } = await givenProfile(app);
    await put(token, 'home', home);
    await put(token, 'mailing', home, '"v2"');
    const answer = await remove(token, 'home', '"v3"');
    expect([answer.status, answer.headers.get('etag')]).toEqual([204, '"v4"']);
    const { body } = await request(app.service, 'GET', '/v1/profile', { token });
    expect(body).toMatchObject({ addresses: { home: null, mailing: whole } });
  });

  test('404: there is none; 412: a tag that is stale', async () => {
    const { token } = await givenProfile(app);
    expect(await remove(token, 'home', '"v1"')).toMatchObject({
      status: 404,
      body: { code: 'profile.address.not_found' },
    });
    await put(token, 'home', home);
    expect((await remove(token, 'home', '"v1"')).status).toBe(412);
  });
});
