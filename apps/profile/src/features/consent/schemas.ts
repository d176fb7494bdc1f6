import { UuidSchema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { consentPurposeNames } from '#consent-purposes.ts';
import { consentDecisions } from '#storage/consent.entity.ts';

const textVersion = v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,32}$/, 'text_version'));
const timestamp = v.pipe(v.string(), v.isoTimestamp());
const decision = v.picklist(consentDecisions);

/** What a user says to a purpose, and which text they have before them. */
export const ConsentBody = v.strictObject({
  purpose: v.picklist(consentPurposeNames, 'purpose'),
  version: textVersion,
  decision,
});
export type ConsentBody = v.InferOutput<typeof ConsentBody>;

export const ConsentPage = v.strictObject(listQuery);

/** A decision with its proof. Device and session are `null` for what was agreed to at registration. */
export const ConsentView = v.strictObject({
  id: UuidSchema,
  purpose: v.string(),
  version: v.string(),
  decision,
  deviceId: v.nullable(UuidSchema),
  sessionId: v.nullable(UuidSchema),
  at: timestamp,
});
export type ConsentView = v.InferOutput<typeof ConsentView>;

/** How things stand with a purpose: `version` is of the text there is now, and `decision` the last one, if there is any. */
const StandingView = v.strictObject({
  purpose: v.picklist(consentPurposeNames),
  version: v.string(),
  withdrawable: v.boolean(),
  given: v.boolean(),
  /** Given, but for another version of the text than there is now. */
  outdated: v.boolean(),
  decision: v.nullable(v.strictObject({ decision, version: v.string(), at: timestamp })),
});
export type StandingView = v.InferOutput<typeof StandingView>;

/** How things stand with every purpose, and the history, the newest first. */
export const ConsentList = v.strictObject({ current: v.array(StandingView), ...pageSchema(ConsentView).entries });
export type ConsentList = v.InferOutput<typeof ConsentList>;
