import { DomainError } from '@bank/domain';

/** Streams of one process; more of them are asked to try another. */
const watchersMax = 100;

/** Tells the streams of this process that there may be changes to read. It knows none itself: each reads at its own pace. */
export interface UserFeed {
  /** A stream begins; the function ends it. @throws service.unavailable when there are too many */
  enter(): () => void;
  readonly watchers: number;
  /** Grows with every announcement. */
  readonly generation: number;
  announce(): void;
  /** Resolves when the generation is another than that one, at the latest after so long, or when `signal` says so. */
  newsAfter(generation: number, withinMs: number, signal: AbortSignal): Promise<void>;
}

/** A feed nobody listens to yet. */
export function createUserFeed(): UserFeed {
  const waiting = new Set<() => void>();
  let watchers = 0;
  let generation = 0;
  return {
    get watchers() {
      return watchers;
    },
    get generation() {
      return generation;
    },
    enter() {
      if (watchers >= watchersMax) {
        throw new DomainError('service.unavailable', {
          reason: 'too many watchers',
          details: { retryAfterSeconds: 5 },
        });
      }
      watchers += 1;
      let isInside = true;
      return () => {
        if (isInside) watchers -= 1;
        isInside = false;
      };
    },
    announce() {
      generation += 1;
      for (const wake of waiting) wake();
    },
    newsAfter(seen, withinMs, signal) {
      if (generation !== seen || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, withinMs);
        signal.addEventListener('abort', wake, { once: true });
        waiting.add(wake);
      });
    },
  };
}
