import { DomainError } from '@bank/domain';

export interface WorkQueueStats {
  readonly queued: number;
  readonly running: number;
  /** Jobs turned away since the start. */
  readonly rejected: number;
  readonly completed: number;
  /** Milliseconds that a job took lately, a moving average. */
  readonly averageMs: number;
}

export interface WorkQueue {
  /** Runs a job when its turn comes. @throws service.overloaded with `retryAfterSeconds` when the queue is full */
  run<T>(job: () => Promise<T>): Promise<T>;
  stats(): WorkQueueStats;
}

const smoothing = 0.1;

/** First come, first served, `concurrency` at a time, at most `queueMax` waiting: what comes on top is told when to return. */
export function createWorkQueue(options: { concurrency: number; queueMax: number }): WorkQueue {
  const waiting: (() => void)[] = [];
  const counts = { running: 0, rejected: 0, completed: 0, averageMs: 0 };

  function reject(): DomainError {
    counts.rejected += 1;
    const waitMs = ((waiting.length + counts.running) / options.concurrency) * counts.averageMs;
    return new DomainError('service.overloaded', {
      reason: 'the hashing queue is full',
      details: { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) },
    });
  }

  function finish(startedAt: number): void {
    const tookMs = performance.now() - startedAt;
    counts.averageMs = counts.completed === 0 ? tookMs : counts.averageMs + smoothing * (tookMs - counts.averageMs);
    counts.completed += 1;
    const next = waiting.shift();
    if (next === undefined) {
      counts.running -= 1;
    } else {
      next();
    }
  }

  async function turn(): Promise<void> {
    if (counts.running < options.concurrency) {
      counts.running += 1;
      return;
    }
    if (waiting.length >= options.queueMax) {
      throw reject();
    }
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
  }

  return {
    async run(job) {
      await turn();
      const startedAt = performance.now();
      try {
        return await job();
      } finally {
        finish(startedAt);
      }
    },
    stats: () => ({ queued: waiting.length, ...counts }),
  };
}
