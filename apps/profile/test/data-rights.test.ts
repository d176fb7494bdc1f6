import { request, testDataRights, testGrowth } from '@bank/composition/testing';
import { encodeEvent, UserActivatedSchema, UserRegisteredSchema } from '@bank/proto/events';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { givenProfile, profileApp } from './profile-app.ts';

const app = profileApp();

testGrowth(app, growth);

/** A word that nobody else has, as a name may be: letters alone. */
function oneOf(name: string): string {
  return `${name} ${Array.from({ length: 12 }, () => String.fromCharCode(97 + Math.random() * 26)).join('')}`;
}

testDataRights(
  app,
  dataRights,
  async () => {
    const { userId, token } = await givenProfile(app);
    const [givenName, preferredName, occupation] = [oneOf('Ada'), oneOf('Lady'), oneOf('Countess')];
    const body = { givenName, preferredName, occupation };
    const { headers } = await request(app.service, 'GET', '/v1/profile', { token });
    const conditional = { 'if-match': headers.get('etag') ?? '' };
    const patched = await request(app.service, 'PATCH', '/v1/profile', { token, headers: conditional, body });
    if (patched.status !== 200) throw new Error(`the profile answered ${patched.status}`);
    return { userId, given: [preferredName, occupation], kept: [givenName] };
  },
  (userId) => [
    encodeEvent(UserActivatedSchema, { userId, locale: 'de', activatedAt: timestampNow() }),
    encodeEvent(UserRegisteredSchema, { userId, acceptedTerms: '2026-01', registeredAt: timestampNow() }),
  ],
);
