import { randomBytes } from 'node:crypto';
import { testDataRights } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema, uuidv7 } from '@bank/domain';
import {
  encodeEvent,
  FactorRemovedSchema,
  FactorsResetSchema,
  PasswordChangedSchema,
  SignInFailedSchema,
  SignInSucceededSchema,
} from '@bank/proto/events';
import { deviceKey } from '@bank/testing';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { dataRights } from '#storage/data-rights.ts';
import { ownDeviceApp } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await ownDeviceApp();
const session = { sessionId: uuidv7(), clientId: 'web', acr: 'aal1', amr: ['pwd'] };

testDataRights(
  app,
  dataRights,
  async () => {
    const userId = parse(UserIdSchema, uuidv7());
    const [name, model] = [`Phone of ${uuidv7()}`, `Model ${uuidv7()}`];
    const id = await givenDevice(app.ctx, userId, { model });
    const access = { who: allow.system('test'), unaudited: 'a test' };
    const { thumbprint } = deviceKey();
    await withTransaction(app.ctx, access, async (tx) => {
      await tx.deviceNames.rename(userId, id, { name, version: 1 });
      const key = { deviceId: id, userId, algorithm: 'ES256', publicKey: new Uint8Array(91), thumbprint } as const;
      await tx.deviceKeys.bind(key, { boundAt: new Date(), rotatedAt: null });
      const binding = { userId, sessionId: uuidv7(), deviceId: id, ceremony: 'rotate' } as const;
      const asked = { id: uuidv7(), challenge: randomBytes(32), payloadDigest: null, expiresAt: new Date() };
      await tx.keyChallenges.start({ ...binding, ...asked });
    });
    return { userId, given: [name, model, thumbprint], ids: [id] };
  },
  (userId) => [
    encodeEvent(SignInSucceededSchema, { ...session, userId, deviceId: uuidv7(), signedInAt: timestampNow() }),
    encodeEvent(SignInFailedSchema, { userId, clientId: 'web', failedAt: timestampNow() }),
    encodeEvent(PasswordChangedSchema, { userId, changedAt: timestampNow() }),
    encodeEvent(FactorRemovedSchema, { userId, removedAt: timestampNow() }),
    encodeEvent(FactorsResetSchema, { userId, byStaff: true, resetAt: timestampNow() }),
  ],
);
