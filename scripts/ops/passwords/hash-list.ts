import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { HashWords } from '@bank/security';
import { StackError } from '#stack/host/stack-error.ts';

/** What is done with each hash that is seen: its first four words, and how often it was seen in breaches. */
export type Visit = (hash: HashWords, count: number) => void;

interface Source {
  readonly file: string;
  /** The digits that every line of the file begins with, left out in it. */
  readonly prefix: string;
}

const rangeFile = /^([0-9A-Fa-f]{5})(?:\.txt)?$/;
const hashDigits = 40;
const colon = 0x3a;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** How many bytes a list has: a line takes about 43 of them, or five less in a file of a range. */
export function sizeOfList(path: string): number {
  return sourcesOf(path).reduce((sum, { file }) => sum + statSync(file).size, 0);
}

/**
 * Reads a list of Have I Been Pwned: a file of `SHA1:COUNT` lines ordered by hash, or a folder of range files (`0018A.txt`
 * with `SUFFIX:COUNT` lines), gigabytes in a steady stream. `onBytes` is told of the progress.
 * @throws StackError naming file and line of what is no hash, or not in order
 */
export async function readHashList(path: string, visit: Visit, onBytes: (bytes: number) => void): Promise<void> {
  const inOrder = orderKeeper(visit);
  for (const source of sourcesOf(path)) {
    const reader = lineReader(source, inOrder);
    for await (const chunk of createReadStream(source.file, { highWaterMark: 1024 * 1024 })) {
      reader.push(chunk as Buffer);
      onBytes((chunk as Buffer).length);
    }
    reader.end();
  }
}

function sourcesOf(path: string): readonly Source[] {
  if (!statSync(path).isDirectory()) return [{ file: path, prefix: '' }];
  const ranges = readdirSync(path).filter((name) => rangeFile.test(name));
  if (ranges.length === 0) throw new StackError(`${path} holds no range files such as 0018A.txt`);
  return ranges
    .map((name) => ({ file: join(path, name), prefix: name.slice(0, 5).toUpperCase() }))
    .sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
}

type Checked = (words: Uint32Array, count: number) => boolean;

/** Hands on what comes after what was there before, once. False for what comes too late. */
function orderKeeper(visit: Visit): Checked {
  const last = new Uint32Array(5);
  let isFirst = true;
  return (words, count) => {
    const order = isFirst ? 1 : compare(words, last);
    if (order < 0) return false;
    if (order > 0) visit([at(words, 0), at(words, 1), at(words, 2), at(words, 3)], count);
    last.set(words);
    isFirst = false;
    return true;
  };
}

/** Parses lines byte by byte: strings would cost more than everything else together. */
function lineReader({ file, prefix }: Source, accept: Checked) {
  const words = new Uint32Array(5);
  const given = [...prefix].map((digit) => Number.parseInt(digit, 16));
  const line = { number: 1, digits: 0, count: 0, isInCount: false, isEmpty: true };

  function begin(): void {
    words.fill(0);
    line.digits = 0;
    line.count = 0;
    line.isInCount = false;
    line.isEmpty = true;
    for (const digit of given) addDigit(digit);
  }

  function addDigit(digit: number): void {
    const word = line.digits >>> 3;
    words[word] = (at(words, word) << 4) | digit;
    line.digits += 1;
  }

  function endLine(): void {
    if (!line.isEmpty) {
      if (line.digits !== hashDigits) throw problem('is no SHA-1 in hexadecimal');
      if (!accept(words, line.count)) throw problem('comes before the line above it: the list must be ordered by hash');
    }
    line.number += 1;
    begin();
  }

  function take(byte: number): void {
    if (byte === lineFeed) {
      endLine();
      return;
    }
    if (byte === carriageReturn) return;
    line.isEmpty = false;
    if (line.isInCount) {
      if (byte < 0x30 || byte > 0x39) throw problem('has a count that is no number');
      line.count = line.count * 10 + byte - 0x30;
    } else if (byte === colon) {
      line.isInCount = true;
    } else {
      const digit = digitOf(byte);
      if (digit < 0 || line.digits === hashDigits) throw problem('is no SHA-1 in hexadecimal');
      addDigit(digit);
    }
  }

  function problem(text: string): StackError {
    return new StackError(`${file}, line ${line.number}: ${text}`);
  }

  begin();
  return {
    push(chunk: Buffer): void {
      for (let index = 0; index < chunk.length; index += 1) take(chunk[index] ?? 0);
    },
    end: endLine,
  };
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function compare(a: Uint32Array, b: Uint32Array): number {
  for (let word = 0; word < a.length; word += 1) {
    const difference = at(a, word) - at(b, word);
    if (difference !== 0) return difference;
  }
  return 0;
}

function at(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
