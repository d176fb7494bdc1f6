import { request, testDataRights, testGrowth } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import {
  encodeEvent,
  PasswordChangedSchema,
  UserActivatedSchema,
  UserEmailChangedSchema,
  UserPhoneChangedSchema,
  UserRolesChangedSchema,
} from '@bank/proto/events';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { givenChallenge, givenEnrolled, ownMfaApp, strongToken } from './mfa-app.ts';
import { givenPasskey, givenPasskeyChallenge } from './passkeys.ts';

const app = ownMfaApp();

testGrowth(app, growth);

testDataRights(
  app,
  dataRights,
  async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId, etag, secret } = enrolled;
    const label = `Phone of ${uuidv7()}`;
    const token = strongToken(app, enrolled);
    const headers = { 'if-match': etag };
    const renamed = await request(app.service, 'PATCH', `/v1/mfa/factors/${factorId}`, {
      token,
      headers,
      body: { label },
    });
    if (renamed.status !== 200) throw new Error(`the name answered ${renamed.status}`);
    const { body } = await request(app.service, 'POST', '/v1/mfa/recovery-codes', { token });
    const { codes } = body as { codes: string[] };
    await givenChallenge(app, enrolled);
    await givenPasskeyChallenge(app, await givenPasskey(app, { userId }));
    return { userId, given: [label], ids: [factorId], secrets: [secret, ...codes] };
  },
  (userId) => [
    encodeEvent(UserActivatedSchema, { userId, activatedAt: timestampNow() }),
    encodeEvent(PasswordChangedSchema, { userId, byReset: true, changedAt: timestampNow() }),
    encodeEvent(UserEmailChangedSchema, { userId, changedAt: timestampNow() }),
    encodeEvent(UserPhoneChangedSchema, { userId, changedAt: timestampNow() }),
    encodeEvent(UserRolesChangedSchema, { userId, from: ['customer'], to: ['support'], changedAt: timestampNow() }),
  ],
);
