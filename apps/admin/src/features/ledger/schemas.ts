import { Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';

const detailsBytesMax = 4096;
const text = v.pipe(v.string(), v.maxLength(256));
const instant = v.union([
  v.date(),
  v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((value) => new Date(value)),
  ),
]);

const AuditActor = v.strictObject({
  kind: v.picklist(['anonymous', 'user', 'service', 'system']),
  id: v.optional(text),
  sessionId: v.optional(text),
  roles: v.optional(v.pipe(v.array(text), v.maxLength(10))),
});

/** Who did what to whom, and how it ended: ids and codes only. This is what the ledger keeps, hashed as it is. */
export const AuditEntry = v.strictObject({
  id: Uuidv7Schema,
  action: v.pipe(text, v.regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/, 'dotted_name')),
  actor: AuditActor,
  subject: v.pipe(text, v.minLength(1)),
  outcome: v.picklist(['success', 'failure', 'denied']),
  reason: v.optional(text),
  details: v.optional(
    v.pipe(
      v.record(text, v.union([text, v.number(), v.boolean()])),
      v.check((details) => JSON.stringify(details).length <= detailsBytesMax, 'details_too_large'),
    ),
  ),
  requestId: v.optional(text),
  traceparent: v.optional(text),
  clientNetwork: v.optional(text),
  source: v.pipe(text, v.minLength(1)),
  occurredAt: instant,
});
export type AuditEntry = v.InferOutput<typeof AuditEntry>;

export const AuditEntries = v.pipe(v.array(AuditEntry), v.minLength(1), v.maxLength(100));

const timestamp = v.pipe(v.string(), v.isoTimestamp());

export const AuditSearch = v.strictObject({
  subject: v.optional(text),
  actorId: v.optional(text),
  action: v.optional(text),
  outcome: v.optional(v.picklist(['success', 'failure', 'denied'])),
  from: v.optional(timestamp),
  to: v.optional(timestamp),
  ...listQuery,
});

const LedgerRecordView = v.strictObject({
  entry: v.looseObject({ id: Uuidv7Schema }),
  version: v.number(),
  shard: v.number(),
  position: v.number(),
  previousHash: v.string(),
  hash: v.string(),
  recordedAt: timestamp,
});

/** A page of the ledger, newest first; hashes in base64url. */
export const LedgerPage = pageSchema(LedgerRecordView);
