import { randomUUID } from 'node:crypto';
import { readerOf } from '@bank/database';
import { createLoop, type Loop, type Worker } from '@bank/service-kit';
import { type AuditReceiver, EntriesRefused } from '#adapters/audit/audit-receiver.ts';
import type { AppContext } from '#context.ts';
import { forwardShard } from '#features/forwarding/forward-shard.ts';
import { holdForwarder, releaseForwarder } from '#features/forwarding/hold-forwarder.ts';
import { measureLag } from '#features/forwarding/measure-lag.ts';
import { backOffMs, batchMax, type Dispute, leaseFreshMs } from '#features/forwarding/policies.ts';
import { settleStandings } from '#features/forwarding/settle-standings.ts';
import type { ShardStanding } from '#storage/forwarding.repository.ts';

const name = 'ledger-forwarder';

/** How long things take; tests shorten them. */
export interface ForwarderTimings {
  readonly everyMs: number;
  /** The longest wait after the first failure, and after many in a row. */
  readonly firstMs: number;
  readonly mostMs: number;
  /** How often the receiver is asked where it stands, which also looks at disputed shards again. */
  readonly settleMs: number;
}

const defaults: ForwarderTimings = { everyMs: 2000, firstMs: 1000, mostMs: 60_000, settleMs: 60_000 };

/** Brings what the ledger records to the platform's Audit service, in one process at a time. */
export function createLedgerForwarder(
  ctx: AppContext,
  receiver: AuditReceiver,
  timings: Partial<ForwarderTimings> = {},
): Worker {
  measureLag(ctx);
  return new LedgerForwarder(ctx, receiver, { ...defaults, ...timings });
}

class LedgerForwarder implements Worker {
  readonly #ctx: AppContext;
  readonly #receiver: AuditReceiver;
  readonly #timings: ForwarderTimings;
  readonly #holder = randomUUID();
  readonly #stopping = new AbortController();
  readonly #loop: Loop;
  readonly #metrics: ReturnType<typeof createCounters>;
  /** Shards of which nothing goes out until the two agree again. */
  readonly #disputes = new Map<number, Dispute>();
  /** What people were told of a shard since it last went on. */
  readonly #told = new Map<number, Dispute>();
  /** When the receiver is asked again where it stands. */
  #settleAt = 0;
  /** Until when the lease need not be asked for again. */
  #freshUntil = 0;
  #failures = 0;
  #resumeAt = 0;

  constructor(ctx: AppContext, receiver: AuditReceiver, timings: ForwarderTimings) {
    this.#ctx = ctx;
    this.#receiver = receiver;
    this.#timings = timings;
    this.#metrics = createCounters(ctx);
    this.#loop = createLoop({
      name,
      everyMs: timings.everyMs,
      logger: ctx.logger,
      work: () => this.#round(),
    });
  }

  async start(): Promise<void> {
    // The first round may be long: the service does not wait for it.
    void this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop.stop();
    await releaseForwarder(this.#ctx, this.#holder).catch((err: unknown) =>
      this.#ctx.logger.warn({ err, job: name }, 'the lease was not let go: it runs out by itself'),
    );
  }

  async #round(): Promise<void> {
    if (performance.now() < this.#resumeAt) return;
    try {
      await this.#forwardAll();
      this.#failures = 0;
    } catch (err) {
      if (this.#stopping.signal.aborted) return;
      this.#failures += 1;
      this.#settleAt = 0;
      this.#resumeAt = performance.now() + backOffMs(this.#failures, this.#timings);
      this.#metrics.failures.inc();
      this.#ctx.logger.warn({ err, job: name, attempt: this.#failures }, 'the ledger cannot be forwarded for now');
    }
  }

  /** Forwards what was waiting, until no shard has a full call left or another process has the lease. */
  async #forwardAll(): Promise<void> {
    for (let isMore = true; isMore; ) {
      if (!(await this.#keepLease())) return;
      if (performance.now() >= this.#settleAt) await this.#settle();
      isMore = false;
      for (const standing of await this.#waiting()) {
        if (!(await this.#keepLease())) return;
        await this.#forward(standing);
        isMore ||= standing.recorded - standing.position > batchMax;
      }
    }
  }

  async #keepLease(): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    const now = performance.now();
    if (now < this.#freshUntil) return true;
    const isOurs = await holdForwarder(this.#ctx, this.#holder);
    if (isOurs) this.#freshUntil = now + leaseFreshMs;
    // Whoever had it meanwhile may have moved everything.
    if (!isOurs) this.#settleAt = 0;
    return isOurs;
  }

  async #settle(): Promise<void> {
    const { disputes, lostByReceiver } = await settleStandings(this.#ctx, this.#receiver, this.#stopping.signal);
    if (lostByReceiver > 0) {
      this.#metrics.rewinds.inc();
      this.#ctx.logger.warn(
        { job: name, entries: lostByReceiver },
        'the receiver has lost entries: they are sent again',
      );
    }
    this.#disputes.clear();
    for (const [shard, dispute] of disputes) this.#alarm(shard, dispute);
    this.#settleAt = performance.now() + this.#timings.settleMs;
  }

  async #forward(standing: ShardStanding): Promise<void> {
    try {
      this.#metrics.entries.inc(await forwardShard(this.#ctx, this.#receiver, standing, this.#stopping.signal));
      this.#told.delete(standing.shard);
    } catch (err) {
      // After a gap the receiver is asked again where it stands; whatever else it refuses is for people.
      if (!(err instanceof EntriesRefused) || err.isGap) throw err;
      this.#alarm(standing.shard, 'entry_refused', err);
    }
  }

  async #waiting(): Promise<ShardStanding[]> {
    const standings = await readerOf(this.#ctx).forwarding.standings();
    return standings.filter(({ shard, position, recorded }) => recorded > position && !this.#disputes.has(shard));
  }

  /** Stops the shard. People are told once, and it is counted each time it is found. */
  #alarm(shard: number, dispute: Dispute, err = new Error(`shard ${shard}: ${dispute}`)): void {
    this.#metrics.disputes.inc({ reason: dispute });
    this.#disputes.set(shard, dispute);
    if (this.#told.get(shard) === dispute) return;
    this.#told.set(shard, dispute);
    this.#ctx.logger.error(
      { err, job: name, shard, reason: dispute },
      'ledger and Audit service disagree: verify both',
    );
    this.#ctx.errors.capture(err, { job: name });
  }
}

function createCounters({ metrics }: AppContext) {
  return {
    entries: metrics.counter('ledger_forwarded_entries_total', 'Entries that the Audit service took'),
    failures: metrics.counter('ledger_forwarding_failures_total', 'Rounds that the Audit service did not answer'),
    rewinds: metrics.counter('ledger_forwarding_rewinds_total', 'Times that the Audit service had lost entries'),
    disputes: metrics.counter('ledger_forwarding_disputes_total', 'Shards found to differ from the Audit service', [
      'reason',
    ]),
  };
}
