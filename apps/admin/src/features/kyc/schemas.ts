import { kycDocumentKinds, kycReasonCodes, kycSides, kycStatuses, Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { ReasonText } from '#features/act/schemas.ts';

/** Which cases to list; those that wait for a decision unless said. */
export const CaseQuery = v.strictObject({ status: v.optional(v.picklist(kycStatuses)), ...listQuery });

/** The path of a route about one case. */
export const CaseParams = v.strictObject({ id: Uuidv7Schema });

/** The path of a document of a case. */
export const CaseDocumentParams = v.strictObject({ id: Uuidv7Schema, documentId: Uuidv7Schema });

const reasons = v.pipe(
  v.array(v.picklist(kycReasonCodes)),
  v.minLength(1),
  v.maxLength(kycReasonCodes.length),
  v.checkItems((code, index, all) => all.indexOf(code) === index, 'unique'),
);

/** Why, as the user will be told by codes, and in words that stay here. */
export const CaseReasons = v.strictObject({ reasons, reason: ReasonText });

const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** A case with its documents, without anything that stands in them. */
const CaseView = v.strictObject({
  id: Uuidv7Schema,
  userId: Uuidv7Schema,
  tier: v.number(),
  status: v.picklist(kycStatuses),
  attempt: v.number(),
  reasons: v.array(v.picklist(kycReasonCodes)),
  reviewerId: v.nullable(Uuidv7Schema),
  submittedAt: v.nullable(timestamp),
  documents: v.array(
    v.strictObject({
      id: Uuidv7Schema,
      kind: v.picklist(kycDocumentKinds),
      side: v.picklist(kycSides),
      country: v.string(),
      uploadedAt: v.nullable(timestamp),
    }),
  ),
});

/** What the user says that a document shows; null for a kind that has none of it. */
export const ParticularsView = v.strictObject({
  number: v.nullable(v.string()),
  expiresOn: v.nullable(v.pipe(v.string(), v.isoDate())),
});

/** A page of cases, those that have waited longest first. */
export const CasePage = pageSchema(CaseView);
