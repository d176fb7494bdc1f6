import { request, testDataRights, testGrowth } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { encodeEvent, UserActivatedSchema, UserRegisteredSchema } from '@bank/proto/events';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { linkedAccountsOf } from './linked-accounts.ts';
import { givenProfile, ownProfileApp } from './profile-app.ts';
import { givenAvatar } from './uploads.ts';

const app = ownProfileApp();

testGrowth(app, growth);

/** A word that nobody else has, as a name may be: letters alone. */
function oneOf(name: string): string {
  return `${name} ${Array.from({ length: 12 }, () => String.fromCharCode(97 + Math.random() * 26)).join('')}`;
}

/** Begins a document; what stands in it is kept, sealed. Gives its number. */
async function givenDocument(token: string): Promise<string> {
  const number = oneOf('C').replaceAll(' ', '');
  const file = { contentType: 'image/png', sizeBytes: 68, sha256: '0'.repeat(64) };
  const body = { kind: 'passport', country: 'DE', number, expiresOn: '2041-05-01', ...file };
  const begun = await request(app.service, 'POST', '/v1/kyc/documents', { token, body });
  if (begun.status !== 201) throw new Error(`the document was answered ${begun.status}`);
  return number;
}

testDataRights(
  app,
  dataRights,
  async () => {
    const { userId, token } = await givenProfile(app);
    const [givenName, preferredName, occupation] = [oneOf('Ada'), oneOf('Lady'), oneOf('Countess')];
    const [genderDescription, explanation, street] = [oneOf('Mine'), oneOf('Lost'), oneOf('Grand Road')];
    const taxResidencies = [{ country: 'DE', noTinReason: 'unobtainable', explanation }];
    const self = { gender: 'self_described', genderDescription, taxResidencies };
    const body = { givenName, preferredName, occupation, ...self };
    const { headers } = await request(app.service, 'GET', '/v1/profile', { token });
    const conditional = { 'if-match': headers.get('etag') ?? '' };
    const patched = await request(app.service, 'PATCH', '/v1/profile', { token, headers: conditional, body });
    if (patched.status !== 200) throw new Error(`the profile answered ${patched.status}`);
    const number = await givenDocument(token);
    const address = { lines: [street], city: 'Accra', country: 'GH' };
    const tag = { 'if-match': patched.headers.get('etag') ?? '' };
    const put = await request(app.service, 'PUT', '/v1/profile/addresses/home', { token, headers: tag, body: address });
    if (put.status !== 200) throw new Error(`the address answered ${put.status}`);
    const access = { who: allow.system('test'), unaudited: 'a test' };
    await withTransaction(app.ctx, access, (tx) => tx.profiles.lockIdentity(userId, new Date()));
    const reason = oneOf('Married');
    const asked = { changes: { familyName: 'Lovelace' }, reason };
    const requested = await request(app.service, 'POST', '/v1/profile/change-requests', { token, body: asked });
    if (requested.status !== 201) throw new Error(`the change request answered ${requested.status}`);
    const fileId = await givenAvatar(app, token);
    const linked = await linkedAccountsOf(app, userId);
    return {
      userId,
      given: [preferredName, occupation, genderDescription, reason, ...linked.given],
      kept: [givenName, explanation, street, number],
      ids: [fileId, ...linked.ids],
      secrets: linked.ofOthers,
    };
  },
  (userId) => [
    encodeEvent(UserActivatedSchema, { userId, locale: 'de', activatedAt: timestampNow() }),
    encodeEvent(UserRegisteredSchema, { userId, acceptedTerms: '2026-01', registeredAt: timestampNow() }),
  ],
);
