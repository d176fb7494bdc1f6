import { DomainError } from '@bank/domain';

/** Work that takes much memory or many cores, some at a time. */
export interface Lane {
  /**
   * Runs a job when its turn comes, for a user where one is named. What is refused is refused at once.
   * @throws service.overloaded when too many wait, request.rate_limited when too many of that user run or wait
   */
  run<T>(job: () => Promise<T>, userId?: string): Promise<T>;
}

interface LaneLimits {
  readonly width: number;
  readonly waitingMax: number;
  /** Jobs that one user may have in it, those that wait included. */
  readonly perUserMax?: number;
}

/** About as long as a job takes. */
const retryAfterSeconds = 2;

/** First come, first served: `width` at a time, and at most `waitingMax` that wait. */
export function createLane({ width, waitingMax, perUserMax = Number.POSITIVE_INFINITY }: LaneLimits): Lane {
  const waiting: (() => void)[] = [];
  const inside = new Map<string, number>();
  let running = 0;

  async function takeTurn<T>(job: () => Promise<T>): Promise<T> {
    if (running < width) running += 1;
    else if (waiting.length < waitingMax) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new DomainError('service.overloaded', { reason: 'too many files are being checked' });
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return {
    async run(job, userId) {
      if (userId === undefined) return await takeTurn(job);
      const others = inside.get(userId) ?? 0;
      if (others >= perUserMax) {
        throw new DomainError('request.rate_limited', {
          reason: 'too many files of this user are being checked',
          details: { retryAfterSeconds },
        });
      }
      inside.set(userId, others + 1);
      try {
        return await takeTurn(job);
      } finally {
        const left = (inside.get(userId) ?? 1) - 1;
        if (left === 0) inside.delete(userId);
        else inside.set(userId, left);
      }
    },
  };
}
