/** So many at once, and whoever comes later waits in line, but not for long. */
export class Slots {
  readonly #max: number;
  readonly #waiting = new Set<() => void>();
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Takes a slot; false when none was free within that time. Every true is followed by one `release`. */
  acquire(waitMs: number): Promise<boolean> {
    if (this.#taken < this.#max) {
      this.#taken += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const take = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(take);
        resolve(false);
      }, waitMs);
      this.#waiting.add(take);
    });
  }

  /** Gives a slot back; the first in line has it at once. */
  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#taken -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
