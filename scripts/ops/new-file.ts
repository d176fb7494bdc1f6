import { existsSync, rmSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StackError } from '#stack/host/stack-error.ts';

const endings = ['SIGINT', 'SIGTERM'] as const;

/**
 * Writes a new file for its owner alone to read. It has its name only when all of it is on the disk; until then it is
 * `<file>.partial`, which goes with whatever fails, and with Ctrl-C.
 * @throws StackError when the file exists, or another run writes it
 */
export async function writeNewFile(file: string, content: AsyncIterable<string> | Iterable<Uint8Array>): Promise<void> {
  if (existsSync(file)) throw existing(file);
  const partial = `${file}.partial`;
  const handle = await openPartial(partial);
  const remove = () => rmSync(partial, { force: true });
  // The signal ends the process when it comes again, now that nobody listens.
  const removeAndEnd = (signal: NodeJS.Signals) => {
    remove();
    process.kill(process.pid, signal);
  };
  for (const signal of endings) process.once(signal, removeAndEnd);
  try {
    await pipeline(content, handle.createWriteStream({ flush: true }));
    await giveName(partial, file);
  } finally {
    for (const signal of endings) process.off(signal, removeAndEnd);
    remove();
  }
}

async function openPartial(partial: string): Promise<FileHandle> {
  try {
    return await open(partial, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new StackError(`there is no folder ${dirname(partial)}`);
    if (code !== 'EEXIST') throw error;
    throw new StackError(`another run writes ${partial}; if none does, one was killed: remove it`);
  }
}

/** Renaming replaces what has the name, so the name is taken first; links, which replace nothing, are not to be had everywhere. */
async function giveName(partial: string, file: string): Promise<void> {
  try {
    await (await open(file, 'wx', 0o600)).close();
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? existing(file) : error;
  }
  try {
    await rename(partial, file);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
  const folder = await open(dirname(file));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function existing(file: string): StackError {
  return new StackError(`${file} exists: nothing is overwritten`);
}
