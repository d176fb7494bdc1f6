/** How often each key comes up. */
export function countBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The items by their key; of several with one key the last. */
export function indexBy<T>(items: Iterable<T>, keyOf: (item: T) => string): ReadonlyMap<string, T> {
  return new Map([...items].map((item) => [keyOf(item), item]));
}

/** Whether these are the numbers from one to the last, each once. */
export function isUpTo(numbers: readonly number[], last: number): boolean {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted.length === last && sorted.every((number, index) => number === index + 1);
}

/** What is more than once among the keys. */
export function repeated(keys: Iterable<string>): string[] {
  return [...countBy(keys, (key) => key)].filter(([, count]) => count > 1).map(([key]) => key);
}
