import { testDataRights, testGrowth } from '@bank/composition/testing';
import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema, uuidv7 } from '@bank/domain';
import { encodeEvent, UserActivatedSchema, UserRolesChangedSchema, UserStatusChangedSchema } from '@bank/proto/events';
import { UserStatus } from '@bank/proto/user';
import { timestampNow } from '@bufbuild/protobuf/wkt';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { noteActivation } from '#features/user/note-activation.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { adminApp } from './admin-app.ts';
import { entryAbout } from './entries.ts';

const app = adminApp();

testGrowth(app, growth);

testDataRights(
  app,
  dataRights,
  async () => {
    const userId = parse(UserIdSchema, uuidv7());
    const authorId = parse(UserIdSchema, uuidv7());
    const reason = `said on the phone ${uuidv7()}`;
    await noteActivation(app.ctx, { userId, activatedAt: new Date(), roles: ['customer'] });
    await appendEntries(app.ctx, [entryAbout(userId)]);
    const note = { id: uuidv7(), userId, authorId, action: 'user.lock', reason, createdAt: new Date() };
    const access = { who: allow.system('test'), unaudited: 'a test' };
    await withTransaction(app.ctx, access, (tx) => tx.staffNotes.add(note));
    // Nothing here is the user's own words; the ledger, which is kept, tells the user what was done.
    return { userId, given: [], secrets: [reason, authorId] };
  },
  (userId) => [
    encodeEvent(UserActivatedSchema, { userId, activatedAt: timestampNow(), roles: ['customer'] }),
    encodeEvent(UserRolesChangedSchema, { userId, to: ['support'], version: 2n }),
    encodeEvent(UserStatusChangedSchema, { userId, to: UserStatus.LOCKED, version: 2n }),
  ],
);
