/** Where the present comes from. Decisions take a clock, so that tests can say what time it is. */
export interface Clock {
  /** The present, to the millisecond. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
