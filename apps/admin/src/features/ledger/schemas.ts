import { auditLimits, isCalendarDate, timeOfId, Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { idDriftMaxMs } from '#storage/ledger.repository.ts';

// Nothing that Postgres cannot keep (NUL) or that breaks a line of an export.
const line = v.pipe(v.string(), v.regex(/^\P{Cc}*$/u, 'control_characters'));
const text = v.pipe(line, v.maxLength(auditLimits.text));
const detail = v.pipe(line, v.maxLength(auditLimits.detail));
/** An id or a code. Not an address or a name: what is searched for stands in a URL and in the ledger. */
const identifier = v.pipe(v.string(), v.maxLength(256), v.regex(/^[\w.:/-]+$/, 'identifier'));
const [earliest, latest] = [new Date('2000-01-01'), new Date('2200-01-01')];

const AuditActor = v.strictObject({
  kind: v.picklist(['anonymous', 'user', 'service', 'system']),
  id: v.optional(text),
  sessionId: v.optional(text),
  roles: v.optional(v.pipe(v.array(text), v.maxLength(10))),
});

const Entry = v.strictObject({
  id: Uuidv7Schema,
  action: v.pipe(text, v.regex(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/, 'dotted_name')),
  actor: AuditActor,
  subject: v.pipe(text, v.minLength(1)),
  outcome: v.picklist(['success', 'failure', 'denied']),
  reason: v.optional(text),
  details: v.optional(
    v.pipe(
      v.record(text, v.union([detail, v.pipe(v.number(), v.finite()), v.boolean()])),
      v.check((details) => Buffer.byteLength(JSON.stringify(details)) <= auditLimits.detailsBytes, 'details_too_large'),
    ),
  ),
  requestId: v.optional(text),
  traceparent: v.optional(text),
  clientNetwork: v.optional(text),
  source: v.pipe(text, v.minLength(1)),
  occurredAt: v.pipe(v.date(), v.check(isPlausible, 'plausible_time')),
});

/** Who did what to whom, and how it ended: ids and codes only. This is what the ledger keeps, hashed as it is. */
export const AuditEntry = v.pipe(Entry, v.check(hasIdOfItsTime, 'id_of_its_time'));
export type AuditEntry = v.InferOutput<typeof AuditEntry>;

/** As many as are taken off the queue at once. */
export const AuditEntries = v.pipe(v.array(AuditEntry), v.minLength(1), v.maxLength(250));

/** As many as one request may carry; each is checked when it is appended. */
export const RecordedEntries = v.pipe(v.array(v.looseObject({})), v.minLength(1), v.maxLength(100));

const timestamp = v.pipe(v.string(), v.isoTimestamp());

const moment = v.pipe(
  timestamp,
  v.check((given) => isCalendarDate(given.slice(0, 10)), 'calendar_date'),
  v.transform((given) => new Date(given)),
  v.check(isPlausible, 'plausible_time'),
);

/** What staff search for; a time is that of what happened, from `from` until before `to`. */
export const AuditSearch = v.strictObject({
  subject: v.optional(identifier),
  actorId: v.optional(identifier),
  action: v.optional(identifier),
  outcome: v.optional(v.picklist(['success', 'failure', 'denied'])),
  from: v.optional(moment),
  to: v.optional(moment),
  ...listQuery,
});
export type AuditSearch = v.InferOutput<typeof AuditSearch>;

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

const LedgerProblemView = v.strictObject({
  rule: v.string(),
  message: v.string(),
  shard: v.optional(v.number()),
  position: v.optional(v.number()),
  id: v.optional(v.string()),
  signedId: v.optional(v.string()),
  checkpoint: v.optional(v.number()),
});

const LedgerReportView = v.strictObject({
  ok: v.boolean(),
  problems: v.array(LedgerProblemView),
  entries: v.number(),
  fromCheckpoint: v.number(),
  checkpoints: v.strictObject({
    verified: v.number(),
    last: v.nullable(v.strictObject({ number: v.number(), signedAt: timestamp })),
    fileBehind: v.nullable(v.number()),
  }),
  openWindow: v.strictObject({
    entries: v.number(),
    shards: v.array(v.strictObject({ shard: v.number(), first: v.number(), last: v.number() })),
  }),
  milliseconds: v.number(),
});

/** A verification: the report is null until it is done. */
export const VerificationView = v.strictObject({
  state: v.picklist(['running', 'done', 'failed']),
  startedAt: timestamp,
  finishedAt: v.nullable(timestamp),
  report: v.nullable(LedgerReportView),
});

/** A time that both languages of the ledger, JSON and SQL, write alike. */
function isPlausible(date: Date): boolean {
  return date >= earliest && date < latest;
}

/** Whether the id was made when it happened, a day more or less. An id that is none is refused for that alone. */
function hasIdOfItsTime({ id, occurredAt }: v.InferOutput<typeof Entry>): boolean {
  return !v.is(Uuidv7Schema, id) || Math.abs(timeOfId(id).getTime() - occurredAt.getTime()) <= idDriftMaxMs;
}
