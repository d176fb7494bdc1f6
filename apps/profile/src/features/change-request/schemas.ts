import { UserIdSchema, Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { identityEntries, lineOf } from '#features/profile/field-schemas.ts';
import { rejections } from '#storage/change-request.entity.ts';

const { givenName, middleName, familyName, dateOfBirth, nationality, residence } = identityEntries;

/** What was verified. Somebody may have no given or middle name; everything else becomes another value and is not removed. */
const Changes = v.partial(
  v.strictObject({
    ...{ givenName, middleName, familyName },
    dateOfBirth: v.nonNullable(dateOfBirth),
    nationality: v.nonNullable(nationality),
    residence: v.nonNullable(residence),
  }),
);

/** What a user asks to have changed, and why. */
export const ChangeRequestInput = v.strictObject({
  changes: v.pipe(
    Changes,
    v.check((changes) => Object.values(changes).some((value) => value !== undefined), 'no_change'),
  ),
  reason: v.pipe(lineOf(500), v.minLength(3)),
});

/** The path of a route about one request. */
export const ChangeRequestParams = v.strictObject({ id: Uuidv7Schema });

export const ChangeRequestQuery = v.strictObject(listQuery);

const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** A request as its user sees it. */
export const ChangeRequestView = v.strictObject({
  id: Uuidv7Schema,
  status: v.picklist(['open', 'approved', 'rejected', 'withdrawn']),
  changes: v.partial(v.strictObject(identityEntries)),
  reason: v.string(),
  rejection: v.nullable(v.picklist(rejections)),
  createdAt: timestamp,
  closedAt: v.nullable(timestamp),
});

export const ChangeRequestPage = pageSchema(ChangeRequestView);

/** One request, as staff name it. */
export const StaffRequest = v.strictObject({ userId: UserIdSchema, id: Uuidv7Schema });

/** What staff decide on a request, with the note that says why; whoever rejects also says what its user is told. */
export const DecisionInput = v.variant('status', [
  v.strictObject({ ...StaffRequest.entries, noteId: Uuidv7Schema, status: v.literal('approved') }),
  v.strictObject({
    ...StaffRequest.entries,
    noteId: Uuidv7Schema,
    status: v.literal('rejected'),
    rejection: v.picklist(rejections),
  }),
]);

/** A page of those that wait; an empty cursor is the beginning. */
export const WaitingPage = v.strictObject({
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  cursor: v.pipe(v.string(), v.maxLength(1024)),
});
