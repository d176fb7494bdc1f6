import {
  CountryCodeSchema,
  isAcceptedDocument,
  isCalendarDate,
  kycDocumentKinds,
  kycDocuments,
  kycReasonCodes,
  kycSides,
  kycStatuses,
  kycTiers,
  Uuidv7Schema,
} from '@bank/domain';
import * as v from 'valibot';
import { Announcement, UploadView } from '#features/file/schemas.ts';

const day = v.pipe(v.string(), v.isoDate(), v.check(isCalendarDate, 'calendar_day'));
const timestamp = v.pipe(v.string(), v.isoTimestamp());
const tier = v.picklist(kycTiers);

/** A side of a document that is about to be uploaded, and what stands in it. */
export const DocumentRequest = v.strictObject({
  kind: v.picklist(kycDocumentKinds),
  side: v.optional(v.picklist(kycSides), 'front'),
  country: CountryCodeSchema,
  number: v.optional(v.pipe(v.string(), v.trim(), v.regex(/^[A-Z0-9][A-Z0-9 /.-]{2,39}$/i, 'document_number'))),
  expiresOn: v.optional(day),
  ...Announcement.entries,
});
export type DocumentRequest = v.InferOutput<typeof DocumentRequest>;

/** Where the picture goes. */
export const DocumentTicket = v.strictObject({
  documentId: Uuidv7Schema,
  upload: UploadView,
});

export const DocumentParams = v.strictObject({ id: Uuidv7Schema });

/** Which tier is asked for. */
export const SubmissionRequest = v.strictObject({ tier: v.picklist([1, 2, 3]) });

const amount = v.nullable(v.pipe(v.number(), v.safeInteger()));
const LimitsView = v.strictObject({
  currency: v.string(),
  perPayment: amount,
  perDay: amount,
  perMonth: amount,
  balance: amount,
});

const MissingView = v.strictObject({
  profile: v.array(v.string()),
  documents: v.array(
    v.strictObject({
      purpose: v.string(),
      anyOf: v.array(v.strictObject({ kind: v.picklist(kycDocumentKinds), sides: v.array(v.picklist(kycSides)) })),
    }),
  ),
});

export const DocumentView = v.strictObject({
  id: Uuidv7Schema,
  kind: v.picklist(kycDocumentKinds),
  side: v.picklist(kycSides),
  country: v.string(),
  uploadedAt: v.nullable(timestamp),
});

/** How far a user's identity is proven, and what the user may do about it. */
export const KycView = v.strictObject({
  status: v.picklist(kycStatuses),
  tier,
  reasons: v.array(v.picklist(kycReasonCodes)),
  validUntil: v.nullable(day),
  limits: LimitsView,
  case: v.nullable(
    v.strictObject({
      id: Uuidv7Schema,
      tier,
      attempt: v.number(),
      createdAt: timestamp,
      submittedAt: v.nullable(timestamp),
      documents: v.array(DocumentView),
    }),
  ),
  /** The tiers above, with what is missing for each. */
  next: v.array(v.strictObject({ tier, name: v.string(), limits: LimitsView, missing: MissingView })),
});

/** What was handed in. */
export const SubmissionView = v.strictObject({
  caseId: Uuidv7Schema,
  status: v.picklist(kycStatuses),
  tier,
  attempt: v.number(),
});

/** What stands in a document has to be said of a kind that has it, and of no other; null when it is. */
export function problemOf(request: DocumentRequest, today: string): { path: string; rule: string } | null {
  const { kind, side, country, number, expiresOn } = request;
  const { isNumbered, sides } = kycDocuments[kind];
  if (!(sides as readonly string[]).includes(side)) return { path: 'side', rule: 'no_such_side' };
  if (!isAcceptedDocument(kind, country)) return { path: 'kind', rule: 'not_accepted' };
  if (isNumbered !== (number !== undefined)) return { path: 'number', rule: isNumbered ? 'required' : 'not_wanted' };
  if (isNumbered !== (expiresOn !== undefined)) {
    return { path: 'expiresOn', rule: isNumbered ? 'required' : 'not_wanted' };
  }
  return expiresOn !== undefined && expiresOn <= today ? { path: 'expiresOn', rule: 'has_run_out' } : null;
}
