import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { type FilterHeader, type FilterPart, partBitsMax, tablesOffset, writeHead } from '#breached/filter-format.ts';
import { buildFuseTable, type FingerprintBits } from '#breached/fuse-table.ts';

/** The first four words of the SHA-1 of a password. */
export type HashWords = readonly [number, number, number, number];

export interface FilterBuilderOptions {
  /** Written beside it, and put in its place when it is whole. */
  readonly file: string;
  readonly fingerprintBits?: FingerprintBits;
  /** About how many will be added: it decides into how many parts the filter is divided. */
  readonly keysExpected: number;
  readonly minCount?: number;
}

export interface FilterBuilder {
  /** Adds a hash, which must come after the one before in order. */
  add(hash: HashWords): void;
  /** Completes the file. */
  finish(): { readonly keys: number; readonly bytes: number };
  /** Leaves nothing behind. */
  abandon(): void;
}

/** Enough for a table to be compact, and few enough to be built in a few megabytes. */
const keysInPart = 131_072;

/**
 * Builds a filter of breached passwords from their ordered hashes, part by part, so that a list of any length needs the
 * memory of one part.
 */
export function createFilterBuilder(options: FilterBuilderOptions): FilterBuilder {
  const { file, fingerprintBits = 8, minCount = 1 } = options;
  const partBits = partBitsFor(options.keysExpected);
  const partial = `${file}.partial`;
  const descriptor = openSync(partial, 'w', 0o644);
  const parts: FilterPart[] = [];
  const sum = { keys: 0, bytes: tablesOffset({ partBits }) };
  let words = new Uint32Array(keysInPart * 3);
  let count = 0;

  function closePart(): void {
    const { shape, table } = buildFuseTable({ words, count }, fingerprintBits);
    const bytes = Buffer.from(table.buffer, table.byteOffset, table.byteLength);
    writeAll(descriptor, bytes, sum.bytes);
    parts.push({ ...shape, checksum: crc32(bytes) });
    sum.bytes += bytes.length;
    sum.keys += count;
    count = 0;
  }

  return {
    add([first, ...rest]) {
      const part = partOf(first, partBits);
      while (parts.length < part) closePart();
      if (3 * count === words.length) words = grown(words);
      words.set(rest, 3 * count);
      count += 1;
    },
    finish() {
      while (parts.length < 2 ** partBits) closePart();
      const header: FilterHeader = { fingerprintBits, partBits, keys: sum.keys, minCount };
      writeAll(descriptor, writeHead(header, parts), 0);
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(partial, file);
      return sum;
    },
    abandon() {
      closeSync(descriptor);
      rmSync(partial, { force: true });
    },
  };
}

/** The part in which a hash is, by its first bits. */
export function partOf(firstWord: number, partBits: number): number {
  return partBits === 0 ? 0 : firstWord >>> (32 - partBits);
}

function partBitsFor(keys: number): number {
  return Math.min(partBitsMax, Math.max(0, Math.ceil(Math.log2(Math.max(1, keys) / keysInPart))));
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(words.length * 2);
  larger.set(words);
  return larger;
}

function writeAll(descriptor: number, bytes: Buffer, offset: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, offset + written);
  }
}
