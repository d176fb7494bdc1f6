import { UserIdSchema, Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { ReasonText } from '#features/act/schemas.ts';

/** What the user is told of a rejection; the reason of staff is theirs alone. */
const rejections = ['evidence_missing', 'evidence_unclear', 'evidence_differs', 'not_possible'] as const;

/** The path of a route about one request. */
export const ChangeRequestParams = v.strictObject({ id: UserIdSchema, requestId: Uuidv7Schema });

export const ChangeRequestQuery = v.strictObject(listQuery);

export const Rejection = v.strictObject({ reason: ReasonText, rejection: v.picklist(rejections) });

const timestamp = v.nullable(v.pipe(v.string(), v.isoTimestamp()));

/** Requests that wait, the oldest first. */
export const WaitingPage = pageSchema(
  v.strictObject({ id: Uuidv7Schema, userId: UserIdSchema, fields: v.array(v.string()), createdAt: timestamp }),
);

/** One request, with what is and what is to be. */
export const ChangeRequestView = v.strictObject({
  status: v.string(),
  changes: v.array(
    v.strictObject({ field: v.string(), current: v.nullable(v.string()), proposed: v.nullable(v.string()) }),
  ),
  reason: v.string(),
  createdAt: timestamp,
});
