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

/** What is more than once among the keys. */
export function repeated(keys: Iterable<string>): string[] {
  return [...countBy(keys, (key) => key)].filter(([, count]) => count > 1).map(([key]) => key);
}
