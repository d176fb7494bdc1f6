import { LRUCache } from 'lru-cache';

/** What of a window is used up, and for how long it lasts. */
export interface UsedWindow {
  readonly consumed: number;
  readonly msBeforeNext: number;
}

interface Window {
  readonly consumed: number;
  readonly endsAt: number;
}

const windowsMax = 100_000;

/**
 * The windows of one process: what Redis last said of them, and what was counted here while it was away. Whoever has used a limit
 * up does not have it again because Redis is gone for a moment.
 */
export class LocalWindows {
  readonly #windows = new LRUCache<string, Window>({ max: windowsMax });

  /** Notes what Redis says. What was counted here stays where it is more. */
  note(name: string, { consumed, msBeforeNext }: UsedWindow): void {
    const counted = this.#current(name)?.consumed ?? 0;
    this.#windows.set(name, { consumed: Math.max(consumed, counted), endsAt: performance.now() + msBeforeNext });
  }

  /** Counts without Redis. */
  consume(name: string, cost: number, windowSeconds: number): UsedWindow {
    const { consumed, endsAt } = this.#current(name) ?? {
      consumed: 0,
      endsAt: performance.now() + windowSeconds * 1000,
    };
    const window = { consumed: consumed + cost, endsAt };
    this.#windows.set(name, window);
    return { consumed: window.consumed, msBeforeNext: endsAt - performance.now() };
  }

  #current(name: string): Window | undefined {
    const window = this.#windows.get(name);
    return window !== undefined && window.endsAt > performance.now() ? window : undefined;
  }
}
