/** A source of ids that satisfies the `IdSource` of @bank/domain. */
export interface SequentialIds {
  next(): string;
}

/** UUIDv7 ids of one instant that count up from 1: the same in every run. Unique only within one source. */
export function sequentialIds(at: Date | string = '2026-01-01T00:00:00.000Z'): SequentialIds {
  const time = new Date(at).getTime().toString(16).padStart(12, '0');
  let count = 0;
  return {
    next() {
      count += 1;
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}`;
    },
  };
}
