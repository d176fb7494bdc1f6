import type { JsonValue } from '@bank/domain';
import type { Destination } from '#topology/topology.ts';

/** One row of an app's outbox. */
export interface OutboxRow {
  readonly id: string;
  readonly destination: Destination;
  readonly type: string;
  readonly subject: string;
  /** Counted per (source, subject); null for what has no order. */
  readonly sequence: number | null;
  readonly dataschema: string;
  readonly data: JsonValue;
  readonly requestId: string;
  readonly traceparent: string;
  readonly createdAt: Date;
}

/** What the relay needs of the outbox. */
export interface OutboxStore {
  /**
   * Claims rows of these destinations that no other relay holds, oldest first and up to `limit` of each, hands them to
   * `publish`, and marks those whose ids it gives back as published. When `publish` throws, all of them stay. Gives how many
   * were marked.
   */
  publishBatch(
    claim: { readonly limit: number; readonly destinations: readonly Destination[] },
    publish: (rows: readonly OutboxRow[]) => Promise<readonly string[]>,
  ): Promise<number>;
  /** Calls `listener` when rows were committed. It may miss some; the result stops it. */
  onInsert(listener: () => void): Promise<() => Promise<void>>;
  /** What waits for each destination that anything waits for. */
  backlog(): Promise<readonly { destination: Destination; rows: number; oldestSeconds: number }[]>;
}
