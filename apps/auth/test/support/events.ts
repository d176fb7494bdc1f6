import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, FactorEnrolledSchema } from '@bank/proto/events';
import { FactorType } from '@bank/proto/mfa';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { TestAuth } from './auth.ts';

/** Tells as mfa does that a factor of a user was confirmed, and resolves when it has been handled. */
export async function emitFactorEnrolled(auth: TestAuth, userId: string, at = new Date()): Promise<void> {
  const id = uuidv7();
  const facts = { userId, factorId: uuidv7(), type: FactorType.TOTP, enrolledAt: timestampFromDate(at) };
  await publishEvents(auth, 'mfa', [{ id, subject: userId, ...encodeEvent(FactorEnrolledSchema, facts) }]);
  const isHandled = async () =>
    (await auth.database.query('select 1 from auth.inbox where message_id = $1', [id])).length > 0;
  await until(isHandled, { what: 'the event is handled' });
}
