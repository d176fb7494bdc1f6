import { uuidv7 } from '@bank/domain';
import type { OutboxRow, OutboxStore } from '#index.ts';

/** An outbox that lives in an array and keeps the promises of the port: claimed rows are held by one relay at a time. */
export class ArrayOutbox implements OutboxStore {
  readonly published: string[] = [];
  readonly waiting: OutboxRow[] = [];
  /** Sizes of the batches that were handed out. */
  readonly batches: number[] = [];
  notifies = true;
  #listeners = new Set<() => void>();
  #claimed = new Set<string>();

  add(count: number, changes: Partial<OutboxRow> = {}): string[] {
    const rows = Array.from({ length: count }, (_none, index) => row({ sequence: index + 1, ...changes }));
    this.waiting.push(...rows);
    if (this.notifies) for (const listener of this.#listeners) listener();
    return rows.map(({ id }) => id);
  }

  async publishBatch(
    { limit, destinations }: Parameters<OutboxStore['publishBatch']>[0],
    publish: (rows: readonly OutboxRow[]) => Promise<readonly string[]>,
  ): Promise<number> {
    const free = this.waiting.filter(({ id }) => !this.#claimed.has(id));
    const rows = destinations.flatMap((wanted) =>
      free.filter(({ destination }) => destination === wanted).slice(0, limit),
    );
    for (const { id } of rows) this.#claimed.add(id);
    if (rows.length > 0) this.batches.push(rows.length);
    try {
      const confirmed = new Set(await publish(rows));
      const left = this.waiting.filter(({ id }) => !confirmed.has(id));
      this.waiting.splice(0, this.waiting.length, ...left);
      this.published.push(...confirmed);
      return confirmed.size;
    } finally {
      for (const { id } of rows) this.#claimed.delete(id);
    }
  }

  async onInsert(listener: () => void): Promise<() => Promise<void>> {
    this.#listeners.add(listener);
    return async () => void this.#listeners.delete(listener);
  }

  async backlog() {
    const waiting = Map.groupBy(this.waiting, ({ destination }) => destination);
    return [...waiting].map(([destination, rows]) => {
      const oldestSeconds = (Date.now() - (rows[0]?.createdAt.getTime() ?? 0)) / 1000;
      return { destination, rows: rows.length, oldestSeconds };
    });
  }
}

function row(changes: Partial<OutboxRow>): OutboxRow {
  return {
    id: uuidv7(),
    destination: 'events',
    type: 'user.activated.v1',
    subject: '01980000-0000-7000-8000-000000000001',
    sequence: 1,
    dataschema: 'proto:bank.events.v1.UserActivated',
    data: { userId: '01980000-0000-7000-8000-000000000001' },
    requestId: 'request-1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    createdAt: new Date(),
    ...changes,
  };
}
