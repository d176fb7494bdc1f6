import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { believe } from '#checkpoint/believe.ts';
import {
  CheckpointInvalid,
  checkpointHash,
  readCheckpoint,
  type SignedCheckpoint,
  type TrailCheckpoint,
} from '#checkpoint/checkpoint.ts';
import type { TrustedKeys } from '#checkpoint/checkpoint-keys.ts';
import type { CheckpointStore } from '#checkpoint/checkpoint-store.ts';
import { beginning, type FilePlace, numberOfLine, placeNear } from '#checkpoint/place-near.ts';

const fileName = /^checkpoints-\d{4}-\d{2}\.jsonl$/;
// No line is longer: a checkpoint covers at most 16,000 entries of 32 characters.
const tailBytes = 2_097_152;
const writtenAtOnce = 100;

/** Checkpoints in a folder outside of the database: JSON lines, a file a month, only ever added to. Its last one is verified. */
export interface CheckpointFile extends CheckpointStore {
  /**
   * Adds what another store has and this one has not, each checkpoint verified first, and on the disk when it resolves.
   * Gives how many there were. Several processes may do it in one folder: a line that stands there twice is one.
   * @throws CheckpointInvalid naming the one that does not continue what is here, or is not what was signed
   */
  catchUp(source: CheckpointStore): Promise<number>;
}

/** Opens the checkpoints of a folder, which is made when it is not there yet by the first that is added. */
export function openCheckpointFile(folder: string, keys: TrustedKeys): CheckpointFile {
  const readLast = lastOf(folder, keys);
  return {
    readAfter: (number) => readAfter(folder, number),
    async manifestOf(number) {
      for await (const checkpoint of readAfter(folder, number - 1)) {
        if (checkpoint.number === number) return checkpoint.manifest;
      }
      return undefined;
    },
    async last() {
      return (await readLast())?.signed;
    },
    async catchUp(source) {
      let last = (await readLast())?.checkpoint;
      let added = 0;
      let waiting: [SignedCheckpoint, Date][] = [];
      const write = async () => {
        await append(folder, waiting);
        added += waiting.length;
        waiting = [];
      };
      for await (const next of source.readAfter(last?.number ?? 0)) {
        last = believeNamed(next, last, keys);
        waiting.push([next, last.signedAt]);
        if (waiting.length >= writtenAtOnce) await write();
      }
      await write();
      return added;
    },
  };
}

/** Says which one it is: whoever hears of the same again and again tells one from the next by the message. */
function believeNamed(next: SignedCheckpoint, before: TrailCheckpoint | undefined, keys: TrustedKeys): TrailCheckpoint {
  try {
    return believe(next, before, keys);
  } catch (error) {
    if (!(error instanceof CheckpointInvalid)) throw error;
    throw new CheckpointInvalid(`checkpoint ${next.number}: ${error.message}`, { cause: error });
  }
}

interface LastCheckpoint {
  readonly signed: SignedCheckpoint;
  readonly checkpoint: TrailCheckpoint;
}

/** Finds the newest checkpoint of a folder, and reads again only when something was added. */
function lastOf(folder: string, keys: TrustedKeys): () => Promise<LastCheckpoint | undefined> {
  let seen = '';
  let last: LastCheckpoint | undefined;
  return async () => {
    const names = await filesOf(folder);
    const newest = names.at(-1);
    if (newest === undefined) return undefined;
    const { ino, size, mtimeNs } = await stat(join(folder, newest), { bigint: true });
    const version = `${newest}:${ino}:${size}:${mtimeNs}`;
    if (seen !== version) {
      last = await readLast(folder, names.reverse(), keys);
      seen = version;
    }
    return last;
  };
}

/** Begins near that number. Where one seems to be missing everything is read: lines may stand out of order. */
async function* readAfter(folder: string, number: number): AsyncGenerator<SignedCheckpoint> {
  const names = await filesOf(folder);
  let next = number + 1;
  if (number > 0) {
    let isGap = false;
    for await (const checkpoint of linesFrom(folder, names, await placeNear(folder, names, number), next)) {
      isGap = checkpoint.number > next;
      if (isGap) break;
      if (checkpoint.number !== next) continue;
      yield checkpoint;
      next += 1;
    }
    if (!isGap) return;
  }
  for await (const checkpoint of linesFrom(folder, names, beginning, next)) {
    if (checkpoint.number >= next) yield checkpoint;
  }
}

/** The checkpoints from a place on; those below a number need not be among them. */
async function* linesFrom(
  folder: string,
  names: readonly string[],
  { fileIndex, offset }: FilePlace,
  lowest = 0,
): AsyncGenerator<SignedCheckpoint> {
  for (const [index, name] of names.slice(fileIndex).entries()) {
    const input = createReadStream(join(folder, name), { start: index === 0 ? offset : 0 });
    try {
      for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
        if ((numberOfLine(line) ?? lowest) < lowest) continue;
        const checkpoint = readLine(line);
        if (checkpoint !== undefined) yield checkpoint;
      }
    } finally {
      input.destroy(); // whoever has found what was looked for does not read to the end
    }
  }
}

async function readLast(folder: string, names: readonly string[], keys: TrustedKeys) {
  for (const name of names) {
    const lines = (await readTail(join(folder, name))).toString('utf8').split('\n').reverse();
    for (const line of lines) {
      const signed = readLine(line);
      if (signed === undefined) continue;
      return { signed, checkpoint: { ...readCheckpoint(signed.jws, keys), jwsHash: checkpointHash(signed.jws) } };
    }
  }
  return undefined;
}

async function readTail(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, tailBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function append(folder: string, checkpoints: readonly [SignedCheckpoint, Date][]): Promise<void> {
  const newest = (await filesOf(folder)).at(-1) ?? '';
  const byFile = Map.groupBy(checkpoints, ([, signedAt]) => {
    const ofMonth = `checkpoints-${signedAt.toISOString().slice(0, 7)}.jsonl`;
    // Never to an older file, whatever a clock says: the last checkpoint is looked for in the newest one.
    return ofMonth < newest ? newest : ofMonth;
  });
  for (const [name, ofFile] of byFile) {
    await mkdir(folder, { recursive: true, mode: 0o750 });
    const handle = await open(join(folder, name), 'a', 0o640);
    try {
      // A line that a crash cut off is closed, and skipped by readers; nothing that was written is ever changed.
      const { size } = await handle.stat();
      const isWhole = size === 0 || (await readTail(join(folder, name))).at(-1) === 0x0a;
      const lines = ofFile.map(([checkpoint]) => writeLine(checkpoint)).join('');
      await handle.appendFile(isWhole ? lines : `\n${lines}`);
      await handle.sync();
      if (size === 0) await syncFolder(folder);
    } finally {
      await handle.close();
    }
  }
}

/** A new file is there after a power failure only when its folder was synced as well. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => fileName.test(name)).sort();
}

function writeLine({ number, jws, manifest }: SignedCheckpoint): string {
  return `${JSON.stringify({ number, jws, manifest: Buffer.from(manifest).toString('base64') })}\n`;
}

/** The checkpoint of a line; undefined for a line that was cut off, which shows in the numbers when it is missing. */
function readLine(line: string): SignedCheckpoint | undefined {
  try {
    const { number, jws, manifest } = JSON.parse(line) as { number: number; jws: string; manifest: string };
    return { number, jws, manifest: Buffer.from(manifest, 'base64') };
  } catch {
    return undefined;
  }
}
