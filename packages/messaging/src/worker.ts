/** Something that works in the background between `start` and `stop`. */
export interface Worker {
  /** Resolves when it is set up; what it works with may still be away, it then tries again by itself. */
  start(): Promise<void>;
  /** Takes nothing new, ends what it is doing, and resolves. */
  stop(): Promise<void>;
}
