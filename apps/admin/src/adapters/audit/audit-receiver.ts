import { AppendRefusalReason, AppendRefusalSchema, AuditService } from '@bank/proto/audit';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { ConnectError } from '@connectrpc/connect';

/** The end of a shard as the receiver has it. */
export interface ReceiverHead {
  readonly position: number;
  readonly hash: Uint8Array;
}

/** An entry of the ledger in its final form. */
export interface FinalEntry {
  readonly position: number;
  readonly hash: Uint8Array;
  readonly body: string;
}

/** The platform's Audit service. */
export interface AuditReceiver {
  /** Where each shard stands that has entries. @throws DomainError when it does not answer */
  heads(signal: AbortSignal): Promise<ReadonlyMap<number, ReceiverHead>>;
  /**
   * Brings entries of one shard, in their order, and gives where the shard stands then. Bringing them again is no error.
   * @throws EntriesRefused, DomainError when it does not answer
   */
  append(shard: number, entries: readonly FinalEntry[], signal: AbortSignal): Promise<ReceiverHead | undefined>;
}

const reasonNames: Readonly<Record<number, string>> = {
  [AppendRefusalReason.GAP]: 'what comes before is missing',
  [AppendRefusalReason.CONFLICT]: 'it has another entry there',
  [AppendRefusalReason.BROKEN]: 'the chain does not hold',
};

/** The receiver has taken up to some entry, and the next one it refuses. */
export class EntriesRefused extends Error {
  override readonly name = 'EntriesRefused';
  readonly isGap: boolean;

  constructor(reason: AppendRefusalReason, position: bigint) {
    super(`the receiver refuses position ${position}: ${reasonNames[reason] ?? 'for a reason of its own'}`);
    this.isGap = reason === AppendRefusalReason.GAP;
  }
}

const serverUri = 'spiffe://bank/platform/audit';
const deadlineMs = 10_000;
const messageEntriesMax = 200;
/** A quarter of what a message may have: a character may take more than one byte. */
const messageTextMax = 256 * 1024;

/** Reaches the Audit service over mutual TLS. */
export function createAuditReceiver(options: RpcClientOptions): AuditReceiver {
  const client = createRpcClient(AuditService, { ...options, serverUri });
  const call = async (messages: AsyncIterable<{ entries: EntryMessage[] }>, signal: AbortSignal) => {
    const { heads } = await client.append(messages, { timeoutMs: deadlineMs, signal });
    return new Map(heads.map(({ shard, position, hash }) => [shard, { position: Number(position), hash }]));
  };
  return {
    heads: (signal) => call(messagesOf(0, []), signal),
    async append(shard, entries, signal) {
      try {
        return (await call(messagesOf(shard, entries), signal)).get(shard);
      } catch (error) {
        throw refusalIn(error) ?? error;
      }
    },
  };
}

interface EntryMessage {
  readonly shard: number;
  readonly position: bigint;
  readonly hash: Uint8Array<ArrayBuffer>;
  readonly body: string;
}

async function* messagesOf(shard: number, entries: readonly FinalEntry[]) {
  let message: EntryMessage[] = [];
  let length = 0;
  for (const { position, hash, body } of entries) {
    if (message.length >= messageEntriesMax || (message.length > 0 && length + body.length > messageTextMax)) {
      yield { entries: message };
      message = [];
      length = 0;
    }
    message.push({ shard, position: BigInt(position), hash: Uint8Array.from(hash), body });
    length += body.length;
  }
  if (message.length > 0) yield { entries: message };
}

function refusalIn(error: unknown): EntriesRefused | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  const [refusal] = cause instanceof ConnectError ? cause.findDetails(AppendRefusalSchema) : [];
  return refusal && new EntriesRefused(refusal.reason, refusal.position);
}
