/** 96 bits of a key, each word uniformly distributed, as the words of a SHA-1 are. */
export type KeyWords = readonly [number, number, number];

/** How a table is laid out, and by which seed its keys are placed. */
export interface TableShape {
  readonly seed: number;
  /** A power of two; 0 for the table of no keys. */
  readonly segmentLength: number;
  /** Where the last key may begin. */
  readonly segmentCountLength: number;
}

/** Keys as their words, three after one another. */
export interface KeyList {
  readonly words: Uint32Array;
  readonly count: number;
}

export type FingerprintBits = 8 | 16 | 32;
export type Fingerprints = Uint8Array | Uint16Array | Uint32Array;

const tableOf = { 8: Uint8Array, 16: Uint16Array, 32: Uint32Array } as const;

const segmentLengthMax = 65_536;
const seedsMax = 200;

/** How many fingerprints a table holds. */
export function tableLength({ segmentLength, segmentCountLength }: TableShape): number {
  return segmentLength === 0 ? 0 : segmentCountLength + 2 * segmentLength;
}

/** The three places of a key, and the fingerprint that the values there yield together. */
export function placesOf(shape: TableShape, [a, b, c]: KeyWords): readonly [number, number, number, number] {
  const { seed, segmentLength, segmentCountLength } = shape;
  const mask = segmentLength - 1;
  const spread = mix(b ^ seed);
  const first = Math.floor((mix(a + seed) * segmentCountLength) / 0x1_0000_0000);
  const second = (first + segmentLength) ^ (spread & mask);
  const third = (first + 2 * segmentLength) ^ ((spread >>> 16) & mask);
  return [first, second, third, mix(c ^ Math.imul(seed, 0x9e37_79b1))];
}

/**
 * Builds a binary fuse table (Graf and Lemire, "Binary Fuse Filters", 2022): three places a key, about 1.13 fingerprints a
 * key. Distinct keys alone can be placed. @throws Error when no seed places them, as for keys that are equal
 */
export function buildFuseTable(keys: KeyList, bits: FingerprintBits): { shape: TableShape; table: Fingerprints } {
  const make = (length: number): Fingerprints => new tableOf[bits](length);
  if (keys.count === 0) return { shape: { seed: 0, segmentLength: 0, segmentCountLength: 0 }, table: make(0) };
  for (let seed = 1; seed <= seedsMax; seed += 1) {
    const shape = shapeFor(keys.count, mix(seed));
    const order = peel(keys, shape);
    if (order === undefined) continue;
    const table = make(tableLength(shape));
    for (let at = keys.count - 1; at >= 0; at -= 1) {
      const [first, second, third, fingerprint] = placesOf(shape, wordsOf(keys, order.keys[at] ?? 0));
      // The key's own place is still 0: of the other two none is written after this.
      table[order.places[at] ?? 0] =
        fingerprint ^ valueAt(table, first) ^ valueAt(table, second) ^ valueAt(table, third);
    }
    return { shape, table };
  }
  throw new Error('the keys could not be placed: are they distinct?');
}

function shapeFor(count: number, seed: number): TableShape {
  const n = Math.max(count, 2);
  const length = 2 ** Math.floor(Math.log(n) / Math.log(3.33) + 2.25);
  const segmentLength = Math.min(length, segmentLengthMax);
  const factor = Math.max(1.125, 0.875 + (0.25 * Math.log(1_000_000)) / Math.log(n));
  const segments = Math.ceil(Math.round(n * factor) / segmentLength);
  return { seed, segmentLength, segmentCountLength: Math.max(1, segments - 2) * segmentLength };
}

/** Takes keys away that have a place for themselves, until none is left. Undefined when some always share all of theirs. */
function peel(keys: KeyList, shape: TableShape): { keys: Uint32Array; places: Uint32Array } | undefined {
  const counts = new Uint32Array(tableLength(shape));
  const sums = new Uint32Array(counts.length);
  const change = (place: number, key: number, by: 1 | -1) => {
    counts[place] = valueAt(counts, place) + by;
    sums[place] = valueAt(sums, place) ^ key;
    return valueAt(counts, place);
  };
  for (let key = 0; key < keys.count; key += 1) {
    const [first, second, third] = placesOf(shape, wordsOf(keys, key));
    for (const place of [first, second, third]) change(place, key, 1);
  }
  const alone: number[] = [];
  for (const [place, count] of counts.entries()) if (count === 1) alone.push(place);
  const order = { keys: new Uint32Array(keys.count), places: new Uint32Array(keys.count) };
  let taken = 0;
  for (let place = alone.pop(); place !== undefined; place = alone.pop()) {
    if (counts[place] !== 1) continue;
    const key = valueAt(sums, place);
    order.keys[taken] = key;
    order.places[taken] = place;
    taken += 1;
    const [first, second, third] = placesOf(shape, wordsOf(keys, key));
    for (const other of [first, second, third]) if (change(other, key, -1) === 1) alone.push(other);
  }
  return taken === keys.count ? order : undefined;
}

function wordsOf({ words }: KeyList, key: number): KeyWords {
  return [valueAt(words, 3 * key), valueAt(words, 3 * key + 1), valueAt(words, 3 * key + 2)];
}

function valueAt(array: Fingerprints, index: number): number {
  return array[index] ?? 0;
}

/** The finaliser of MurmurHash3. */
function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
