import type { Logger } from '@bank/observability';
import { brokerReason } from '#connection/broker-reason.ts';
import { createBackOff } from '#timing/back-off.ts';
import { createBell } from '#timing/bell.ts';

/** When the turn after one comes: at once, once something is written or `pollMs` have passed, or never. */
type Next = 'at once' | 'later' | 'never';

interface TurnsOptions {
  readonly turn: () => Promise<Next>;
  readonly pollMs: number;
  readonly logger: Logger;
  /** What the log says of them. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Turn after turn of the same work. One that fails is tried again with a growing pause of at most ten seconds. */
export interface Turns {
  /** Resolves after the last one. Never rejects. */
  run(): Promise<void>;
  /** Ends the wait for the next turn, unless the last one failed. */
  ring(): void;
  /** Lets the turn at hand be the last. */
  stop(): void;
}

/** Not begun yet: `run` does that. */
export function createTurns({ turn, pollMs, logger, fields }: TurnsOptions): Turns {
  const backOff = createBackOff({ minMs: 200, maxMs: 10_000 });
  const bell = createBell();
  let stopping = false;
  let failing = false;

  /** One turn; gives how long to wait for the next, undefined when there is none. */
  async function take(): Promise<number | undefined> {
    try {
      const next = await turn();
      if (failing) logger.info(fields, 'the outbox is published again');
      failing = false;
      backOff.reset();
      return { 'at once': 0, later: pollMs, never: undefined }[next];
    } catch (error) {
      const reason = brokerReason(error);
      if (!failing) logger.warn({ ...fields, err: error, reason }, 'the outbox cannot be published, trying again');
      failing = true;
      return backOff.next();
    }
  }

  // While something is away, inserts must not shorten the pause.
  async function pause(waitMs: number): Promise<void> {
    const until = performance.now() + waitMs;
    while (!stopping && performance.now() < until) await bell.wait(until - performance.now());
  }

  return {
    async run() {
      while (!stopping) {
        const waitMs = await take();
        if (waitMs === undefined) return;
        if (waitMs > 0 && !stopping) await (failing ? pause(waitMs) : bell.wait(waitMs));
      }
    },
    ring: bell.ring,
    stop() {
      stopping = true;
      bell.ring();
    },
  };
}
