import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { runStatement } from '#transaction/repository.ts';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** A message, and which of the service's consumers handles it. */
export interface HandledMessage {
  readonly consumer: string;
  readonly messageId: string;
}

/**
 * Notes that a consumer handles a message. False when it was handled already; waits while another transaction is
 * handling it, and is true after that one failed.
 */
export async function noteHandled(
  em: EntityManager,
  schema: string,
  { consumer, messageId }: HandledMessage,
): Promise<boolean> {
  const { affected } = await runStatement(
    em,
    `insert into ${identifier(schema)}.inbox (message_id, consumer) values (?, ?) on conflict do nothing`,
    [inboxId(messageId), consumer],
  );
  return affected === 1;
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
