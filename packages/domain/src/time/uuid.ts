import * as v from 'valibot';
import type { Clock } from '#time/clock.ts';
import { systemClock } from '#time/clock.ts';

/** Where new ids come from; tests hand in their own. */
export interface IdSource {
  next(): string;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const uuidv7Pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const timestampMax = 2 ** 48 - 1;
const counterMax = 0xfff;

/** Any UUID in canonical (lower-case) form, RFC 9562 §4. One spelling only: ids are compared as text. */
export const UuidSchema = v.pipe(v.string('uuid'), v.regex(uuidPattern, 'uuid'));

/** A UUIDv7 in canonical form: the ids this system mints. */
export const Uuidv7Schema = v.pipe(v.string('uuidv7'), v.regex(uuidv7Pattern, 'uuidv7'));

function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}

function format(atMs: number, randA: number, random: Uint8Array): string {
  const time = atMs.toString(16).padStart(12, '0');
  const version = (0x7000 | randA).toString(16);
  const variant = new Uint8Array(random);
  variant[0] = 0x80 | ((variant[0] ?? 0) & 0x3f);
  const rest = hex(variant);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}

function checkedTimestamp(atMs: number): number {
  if (!Number.isInteger(atMs) || atMs < 0 || atMs > timestampMax) {
    throw new RangeError('a UUIDv7 holds whole milliseconds from 1970 to 10889');
  }
  return atMs;
}

// One call for the random bits of hundreds of ids: each costs more than the rest of an id.
const stock = new Uint8Array(4096);
let taken = stock.length;

function randomBytes(count: number): Uint8Array {
  if (taken + count > stock.length) {
    crypto.getRandomValues(stock);
    taken = 0;
  }
  taken += count;
  return stock.subarray(taken - count, taken);
}

function randomBits12(): number {
  const [high = 0, low = 0] = randomBytes(2);
  return ((high << 8) | low) & counterMax;
}

/** A new UUIDv7 (RFC 9562 §5.7) with 74 random bits, for the given epoch milliseconds or now. @throws RangeError */
export function uuidv7(atMs: number = Date.now()): string {
  return format(checkedTimestamp(atMs), randomBits12(), randomBytes(8));
}

/** The millisecond in which a UUIDv7 was made. @throws RangeError when the id is not a UUIDv7 */
export function timeOfId(id: string): Date {
  if (!uuidv7Pattern.test(id)) {
    throw new RangeError('not a UUIDv7');
  }
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}

/** The smallest UUIDv7 of a millisecond: the lower bound of a time range or a partition over ids. @throws RangeError */
export function idFloor(at: Date): string {
  return format(checkedTimestamp(at.getTime()), 0, new Uint8Array(8));
}

/** How far ahead of the clock ids may be. */
const borrowedMaxMs = 3_600_000;

/**
 * Ids that never go backwards within one process: inside a millisecond the 12 bits after the timestamp count up
 * (RFC 9562 §6.2, method 1), and a full counter or a clock that stepped back borrows from the next millisecond. A clock that
 * stepped back by more than an hour was wrong before: ids follow it, since others believe the time in them.
 */
export function createIds(clock: Clock): IdSource {
  let lastMs = -1;
  let counter = 0;
  return {
    next() {
      const now = clock.now().getTime();
      if (now > lastMs || lastMs - now > borrowedMaxMs) {
        lastMs = now;
        counter = randomBits12() >> 1;
      } else if (counter < counterMax) {
        counter += 1;
      } else {
        lastMs += 1;
        counter = randomBits12() >> 1;
      }
      return format(checkedTimestamp(lastMs), counter, randomBytes(8));
    },
  };
}

export const systemIds: IdSource = createIds(systemClock);
