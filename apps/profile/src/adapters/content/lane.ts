import { DomainError } from '@bank/domain';

/** Work that takes much memory or many cores, some at a time. */
export interface Lane {
  /** Runs a job when its turn comes. @throws service.overloaded, at once, when too many wait */
  run<T>(job: () => Promise<T>): Promise<T>;
}

/** First come, first served: `width` at a time, and at most `waitingMax` that wait. */
export function createLane({ width, waitingMax }: { readonly width: number; readonly waitingMax: number }): Lane {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    async run(job) {
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
    },
  };
}
