import type { SearchAuditRequest } from '@bank/proto/admin';
import { ActorKind, type AuditEntry, AuditOutcome, type LedgerRecordSchema } from '@bank/proto/ledger';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type Timestamp, timestampDate, timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { LedgerRecord } from '#features/ledger/view.ts';

const actorKinds = {
  anonymous: ActorKind.ANONYMOUS,
  user: ActorKind.USER,
  service: ActorKind.SERVICE,
  system: ActorKind.SYSTEM,
} as const;

const outcomes = {
  success: AuditOutcome.SUCCESS,
  failure: AuditOutcome.FAILURE,
  denied: AuditOutcome.DENIED,
} as const;

/** An entry of a RecordAudit request, for the feature to parse; an empty field of the message is an absent one. */
export function fromEntryMessage(entry: AuditEntry): object {
  return {
    id: entry.entryId,
    action: entry.action,
    actor: {
      kind: nameOf(actorKinds, entry.actor?.kind),
      ...given({ id: entry.actor?.id, sessionId: entry.actor?.sessionId }),
      ...(entry.actor?.roles.length && { roles: entry.actor.roles }),
    },
    subject: entry.subject,
    outcome: nameOf(outcomes, entry.outcome),
    ...(entry.details && { details: entry.details }),
    ...given({
      reason: entry.reason,
      requestId: entry.requestId,
      traceparent: entry.traceparent,
      clientNetwork: entry.clientNetwork,
    }),
    occurredAt: entry.occurredAt && timestampDate(entry.occurredAt),
  };
}

/** The search a SearchAudit request asks for. */
export function fromSearchMessage(request: SearchAuditRequest): object {
  return {
    ...given({ subject: request.subject, actorId: request.actorId, action: request.action, cursor: request.cursor }),
    ...given({ outcome: nameOf(outcomes, request.outcome) }),
    ...(request.occurredFrom && { from: toIsoTime(request.occurredFrom) }),
    ...(request.occurredTo && { to: toIsoTime(request.occurredTo) }),
    ...(request.limit !== 0 && { limit: String(request.limit) }),
  };
}

/** A record as SearchAudit answers it. */
export function toRecordMessage(record: LedgerRecord): MessageInitShape<typeof LedgerRecordSchema> {
  const { entry } = record;
  return {
    entry: {
      entryId: entry.id,
      action: entry.action,
      actor: {
        kind: actorKinds[entry.actor.kind],
        id: entry.actor.id ?? '',
        sessionId: entry.actor.sessionId ?? '',
        roles: entry.actor.roles ?? [],
      },
      subject: entry.subject,
      outcome: outcomes[entry.outcome],
      reason: entry.reason ?? '',
      ...(entry.details && { details: entry.details }),
      requestId: entry.requestId ?? '',
      traceparent: entry.traceparent ?? '',
      clientNetwork: entry.clientNetwork ?? '',
      source: entry.source,
      occurredAt: timestampFromDate(new Date(entry.occurredAt)),
    },
    version: record.version,
    shard: record.shard,
    position: BigInt(record.position),
    previousHash: Buffer.from(record.previousHash, 'base64url'),
    hash: Buffer.from(record.hash, 'base64url'),
    recordedAt: timestampFromDate(new Date(record.recordedAt)),
  };
}

/** ISO 8601; empty, which the feature refuses, for a moment outside of every calendar. */
function toIsoTime(timestamp: Timestamp): string {
  const date = timestampDate(timestamp);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** The name of an enum's value; an unknown one has none, which the feature refuses. */
function nameOf(names: Readonly<Record<string, number>>, value: number | undefined): string | undefined {
  return Object.keys(names).find((name) => names[name] === value);
}

/** Those of the texts that say something: proto3 sends an absent text as an empty one. */
function given(texts: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== ''),
  );
}
