import type { Actor, AuditOutcome, AuditRecord, JsonValue } from '@bank/domain';
import { auditLimits } from '@bank/domain';
import { clientNetwork, type RequestContext } from '@bank/observability';
import { ActorKind, AuditEntrySchema, AuditOutcome as OutcomeOf } from '@bank/proto/ledger';
import { create, type MessageInitShape, toJson } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { PendingRow } from '#outbox/outbox-writer.ts';

const outcomes = {
  success: OutcomeOf.SUCCESS,
  failure: OutcomeOf.FAILURE,
  denied: OutcomeOf.DENIED,
} as const satisfies Record<AuditOutcome, OutcomeOf>;

export interface AuditSurroundings {
  readonly id: string;
  readonly actor: Actor;
  readonly service: string;
  readonly at: Date;
  readonly request: Pick<RequestContext, 'requestId' | 'traceparent' | 'clientAddress'>;
}

/** An audit record as it is published. @throws Error for one that the ledger would refuse: what it tells of is not done then, instead of never being told */
export function auditRow(record: AuditRecord, surroundings: AuditSurroundings): Omit<PendingRow, 'request'> {
  return {
    id: surroundings.id,
    destination: 'audit',
    type: 'audit.entry_recorded.v1',
    subject: record.subject,
    dataschema: `proto:${AuditEntrySchema.typeName}`,
    data: auditEntry(record, surroundings),
  };
}

/** With who, when and from where. The client's address is cut to its network (SR-85, SR-86). */
function auditEntry(record: AuditRecord, { id, actor, service, at, request }: AuditSurroundings): JsonValue {
  requireFitting(record);
  const entry = create(AuditEntrySchema, {
    entryId: id,
    action: record.action,
    actor: actorOf(actor),
    subject: record.subject,
    outcome: outcomes[record.outcome],
    reason: record.reason ?? '',
    details: { ...record.details },
    requestId: request.requestId,
    traceparent: request.traceparent,
    clientNetwork: request.clientAddress === undefined ? '' : clientNetwork(request.clientAddress),
    source: service,
    occurredAt: timestampFromDate(at),
  });
  return toJson(AuditEntrySchema, entry);
}

function requireFitting({ action, subject, reason = '', details = {} }: AuditRecord): void {
  const fits =
    isLine(subject, auditLimits.text) &&
    isLine(reason, auditLimits.text) &&
    Object.values(details).every((detail) => typeof detail !== 'string' || isLine(detail, auditLimits.detail)) &&
    Buffer.byteLength(JSON.stringify(details)) <= auditLimits.detailsBytes;
  if (!fits) throw new Error(`the ledger takes no entry of ${action} that long, or with control characters`);
}

function isLine(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && !/\p{Cc}/u.test(text);
}

function actorOf(actor: Actor): NonNullable<MessageInitShape<typeof AuditEntrySchema>['actor']> {
  switch (actor.kind) {
    case 'anonymous':
      return { kind: ActorKind.ANONYMOUS };
    case 'user':
      return { kind: ActorKind.USER, id: actor.userId, sessionId: actor.sessionId, roles: [...actor.roles] };
    case 'service':
      return { kind: ActorKind.SERVICE, id: actor.name };
    case 'system':
      return { kind: ActorKind.SYSTEM, id: actor.task };
  }
}
