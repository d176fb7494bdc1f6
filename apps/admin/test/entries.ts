import { createHash } from 'node:crypto';
import type { TestApp, TestEvent } from '@bank/composition/testing';
import { systemIds, timeOfId, uuidv7 } from '@bank/domain';
import { ActorKind, AuditEntrySchema, AuditOutcome } from '@bank/proto/ledger';
import { create, type MessageInitShape, toJson } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';

/** An entry as a feature takes it, of the moment its id names. */
export function entryAbout(subject: string, changes: { id?: string; occurredAt?: Date; action?: string } = {}) {
  const id = changes.id ?? systemIds.next();
  return {
    id,
    action: 'profile.updated',
    actor: { kind: 'user', id: subject, sessionId: uuidv7(), roles: ['customer'] },
    subject,
    outcome: 'success',
    details: { version: 2, fields: 'givenName' },
    source: 'profile',
    occurredAt: timeOfId(id),
    ...changes,
  };
}

/** An entry as a message of `bank.ledger.v1`. */
export function entryMessage(subject: string): MessageInitShape<typeof AuditEntrySchema> & { entryId: string } {
  const entryId = systemIds.next();
  return {
    entryId,
    action: 'device.registered',
    actor: { kind: ActorKind.SYSTEM, id: 'record-sign-in' },
    subject,
    outcome: AuditOutcome.SUCCESS,
    details: { deviceId: uuidv7(), count: 1, known: false },
    requestId: uuidv7(),
    source: 'device',
    occurredAt: timestampFromDate(timeOfId(entryId)),
  };
}

/** The message by which an app's outbox tells of an entry. */
export function auditMessage(entry: MessageInitShape<typeof AuditEntrySchema> & { entryId: string }): TestEvent {
  return {
    id: entry.entryId,
    destination: 'audit',
    type: 'audit.entry_recorded.v1',
    subject: entry.subject ?? '',
    dataschema: `proto:${AuditEntrySchema.typeName}`,
    data: toJson(AuditEntrySchema, create(AuditEntrySchema, entry)),
  };
}

export interface StoredEntry {
  readonly id: string;
  readonly shard: number;
  readonly position: number;
  readonly version: number;
  readonly action: string;
  readonly body: string;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
}

/** What the ledger holds of a shard, in its order. */
export async function shardEntries(app: TestApp<AppContext>, shard: number): Promise<StoredEntry[]> {
  const rows = await app.database.query<StoredEntry>(
    'select * from admin.ledger_entries where shard = $1 order by position',
    [shard],
  );
  return rows.map((row) => ({ ...row, position: Number(row.position) }));
}

/** The first position at which a shard's chain does not hold, written after the contract alone; nothing when it does. */
export function brokenAt(entries: readonly StoredEntry[]): number | undefined {
  let previous: Buffer = Buffer.alloc(32);
  for (const [index, entry] of entries.entries()) {
    const { position, previousHash, shard } = JSON.parse(entry.body);
    const holds =
      entry.position === index + 1 &&
      position === entry.position &&
      shard === entry.shard &&
      previousHash === previous.toString('base64url') &&
      entry.previous_hash.equals(previous) &&
      entry.hash.equals(createHash('sha256').update(entry.body).digest());
    if (!holds) return index + 1;
    previous = entry.hash;
  }
  return undefined;
}
