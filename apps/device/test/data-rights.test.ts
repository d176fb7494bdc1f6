import { testDataRights } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema, uuidv7 } from '@bank/domain';
import {
  encodeEvent,
  FactorRemovedSchema,
  PasswordChangedSchema,
  SignInFailedSchema,
  SignInSucceededSchema,
} from '@bank/proto/events';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { dataRights } from '#storage/data-rights.ts';
import { deviceApp } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await deviceApp();
const session = { sessionId: uuidv7(), clientId: 'web', acr: 'aal1', amr: ['pwd'] };

testDataRights(
  app,
  dataRights,
  async () => {
    const userId = parse(UserIdSchema, uuidv7());
    const [name, model] = [`Phone of ${uuidv7()}`, `Model ${uuidv7()}`];
    const id = await givenDevice(app.ctx, userId, { model });
    const access = { who: allow.system('test'), unaudited: 'a test' };
    await withTransaction(app.ctx, access, (tx) => tx.deviceNames.rename(userId, id, { name, version: 1 }));
    return { userId, given: [name, model], ids: [id] };
  },
  (userId) => [
    encodeEvent(SignInSucceededSchema, { ...session, userId, deviceId: uuidv7(), signedInAt: timestampNow() }),
    encodeEvent(SignInFailedSchema, { userId, clientId: 'web', failedAt: timestampNow() }),
    encodeEvent(PasswordChangedSchema, { userId, changedAt: timestampNow() }),
    encodeEvent(FactorRemovedSchema, { userId, removedAt: timestampNow() }),
  ],
);
