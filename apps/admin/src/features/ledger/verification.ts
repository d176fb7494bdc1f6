import type { Clock } from '@bank/domain';
import type { LedgerReport } from '@bank/ledger';
import type { Logger } from '@bank/observability';

const freshMs = 30_000;

/** A verification that runs, or has run. */
export interface Verification {
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly state: 'running' | 'done' | 'failed';
  /** What was found, when it is done. */
  readonly report: LedgerReport | null;
}

/** Verifications of one process: one at a time, whoever asks. */
export interface Verifications {
  /** The one that runs, the last one while it is fresh, or a new one. */
  current(verify: () => Promise<LedgerReport>): Verification;
  /** Resolves when none is running. */
  settled(): Promise<void>;
}

/** Keeps the last verification of this process for 30 seconds. */
export function createVerifications({ clock, logger }: { clock: Clock; logger: Logger }): Verifications {
  let current: Verification | undefined;
  let running: Promise<void> = Promise.resolve();

  async function run(verify: () => Promise<LedgerReport>, startedAt: Date): Promise<void> {
    try {
      const report = await verify();
      current = { startedAt, finishedAt: clock.now(), state: 'done', report };
      const count = report.problems.length;
      if (count > 0) logger.error({ job: 'verification', count }, 'the ledger is not what was signed');
    } catch (err) {
      current = { startedAt, finishedAt: clock.now(), state: 'failed', report: null };
      logger.warn({ err, job: 'verification' }, 'the ledger could not be verified');
    }
  }

  function isStale({ finishedAt }: Verification, now: Date): boolean {
    return finishedAt !== null && now.getTime() - finishedAt.getTime() >= freshMs;
  }

  return {
    current(verify) {
      const now = clock.now();
      if (current === undefined || isStale(current, now)) {
        current = { startedAt: now, finishedAt: null, state: 'running', report: null };
        running = run(verify, now);
      }
      return current;
    },
    settled: () => running,
  };
}
