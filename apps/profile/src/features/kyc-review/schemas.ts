import { kycReasonCodes, kycStatuses, UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';

/** Which cases staff list. */
export const CaseQuery = v.strictObject({
  status: v.optional(v.picklist(kycStatuses)),
  caseId: v.optional(Uuidv7Schema),
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
  cursor: v.optional(v.pipe(v.string(), v.maxLength(1024))),
});

/** A case to be claimed, and the note that says why. */
export const CaseClaim = v.strictObject({ caseId: Uuidv7Schema, noteId: Uuidv7Schema });

/** A document of a case, or only what its user says that it shows, and the note that says why. */
export const CaseDocument = v.strictObject({
  caseId: Uuidv7Schema,
  documentId: Uuidv7Schema,
  particularsOnly: v.optional(v.boolean(), false),
  noteId: v.optional(Uuidv7Schema),
});

const reasons = v.pipe(
  v.array(v.picklist(kycReasonCodes)),
  v.maxLength(kycReasonCodes.length),
  v.check((codes) => new Set(codes).size === codes.length, 'unique'),
);
const decided = {
  userId: UserIdSchema,
  caseId: Uuidv7Schema,
  attempt: v.pipe(v.number(), v.integer(), v.minValue(1)),
  noteId: Uuidv7Schema,
};
const approval = v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096));

/** A decision of staff: two people approve and reject, one may ask for more. */
export const CaseDecision = v.variant('decision', [
  v.strictObject({ ...decided, decision: v.literal('approve'), reasons: v.pipe(reasons, v.length(0)), approval }),
  v.strictObject({ ...decided, decision: v.literal('reject'), reasons: v.pipe(reasons, v.minLength(1)), approval }),
  v.strictObject({ ...decided, decision: v.literal('request_information'), reasons: v.pipe(reasons, v.minLength(1)) }),
]);
export type CaseDecision = v.InferOutput<typeof CaseDecision>;
