import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { runStatement } from '#transaction/repository.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Messages, and which of the service's consumers handles them. */
export interface HandledMessages {
  readonly consumer: string;
  readonly messageIds: readonly string[];
}

/**
 * Notes that a consumer handles messages, and gives those that were not handled before. Waits while another transaction
 * is handling one of them, and gives that one after the other failed. In one order, so that two batches that share
 * messages cannot deadlock.
 */
export async function noteHandled(
  em: EntityManager,
  schema: string,
  { consumer, messageIds }: HandledMessages,
): Promise<ReadonlySet<string>> {
  const byInboxId = new Map(messageIds.map((id) => [inboxId(id), id]));
  const { rows } = await runStatement(
    em,
    `insert into ${identifier(schema)}.inbox (message_id, consumer)
       select message_id, ? from unnest(?::uuid[]) as message_id order by message_id
       on conflict do nothing returning message_id as "inboxId"`,
    [consumer, [...byInboxId.keys()]],
  );
  const noted = (rows as readonly { inboxId: string }[]).map((row) => byInboxId.get(row.inboxId));
  return new Set(noted.filter((id) => id !== undefined));
}

/** Ids of our own are UUIDv7 already; anybody else's become a UUIDv8 (RFC 9562 §5.8) of their SHA-256. */
function inboxId(messageId: string): string {
  if (uuidPattern.test(messageId)) {
    return messageId;
  }
  const digest = createHash('sha256').update(messageId).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
