import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again, and says in a word what came of it; `good` when all is well. */
export type Ask = () => Promise<string>;

// Twenty a second of each: errors show as well as under thousands, which would leave the processes no time for what is tested.
const pauseMs = 50;

/** The same at most once in so many milliseconds: for what is limited by the minute. */
export function paced(everyMs: number, ask: Ask): Ask {
  return async () => {
    const [answer] = await Promise.all([ask(), pause(everyMs)]);
    return answer;
  };
}

/** Many that ask side by side, each again shortly after its answer, until it is stopped. */
export class Load {
  /** How often each answer was seen. */
  readonly answers = new Map<string, number>();
  readonly #loops: readonly Promise<void>[];
  #running = true;

  constructor(asks: readonly Ask[]) {
    this.#loops = asks.map((ask) => this.#repeat(ask));
  }

  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
  }

  async #repeat(ask: Ask): Promise<void> {
    while (this.#running) {
      const answer = await ask().catch((error: unknown) => String(error));
      this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
      await pause(pauseMs);
    }
  }
}
