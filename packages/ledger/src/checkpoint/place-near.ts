import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

/** Where reading a folder of checkpoints begins: in which of its files, and at which byte. */
export interface FilePlace {
  readonly fileIndex: number;
  readonly offset: number;
}

export const beginning: FilePlace = { fileIndex: 0, offset: 0 };

const chunkBytes = 65_536;
const numberBytes = 32;
const startOfLine = /^\{"number":(\d+),/;

/** The number of the checkpoint in a line, without reading the rest of it. */
export function numberOfLine(line: string): number | undefined {
  const digits = startOfLine.exec(line)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * A place at or before the checkpoint of that number and not far from it, found from the end backwards: what was written in
 * years is not read to look at a day. Lines of processes that write at the same time may stand out of order, so what seems
 * to be missing after such a place may stand before it.
 */
export async function placeNear(folder: string, names: readonly string[], number: number): Promise<FilePlace> {
  for (const [fileIndex, name] of [...names.entries()].reverse()) {
    const handle = await open(join(folder, name), 'r');
    try {
      const first = await numberAt(handle, 0);
      if (first !== undefined && first <= number) return { fileIndex, offset: await offsetNear(handle, number) };
    } finally {
      await handle.close();
    }
  }
  return beginning;
}

async function offsetNear(handle: FileHandle, number: number): Promise<number> {
  const { size } = await handle.stat();
  for (let back = chunkBytes; back < size; back *= 2) {
    const line = await lineAfter(handle, size - back);
    if (line !== undefined && line.number <= number) return line.offset;
  }
  return 0;
}

/** The first line that begins after an offset; undefined when there is none, or it is none of a checkpoint. */
async function lineAfter(handle: FileHandle, from: number): Promise<{ offset: number; number: number } | undefined> {
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = from; ; at += chunkBytes) {
    const { bytesRead } = await handle.read(chunk, 0, chunkBytes, at);
    const end = chunk.subarray(0, bytesRead).indexOf('\n');
    if (end >= 0) {
      const offset = at + end + 1;
      const number = await numberAt(handle, offset);
      return number === undefined ? undefined : { offset, number };
    }
    if (bytesRead < chunkBytes) return undefined;
  }
}

async function numberAt(handle: FileHandle, offset: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(numberBytes), 0, numberBytes, offset);
  return numberOfLine(buffer.toString('latin1', 0, bytesRead));
}
