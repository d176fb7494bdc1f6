import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Where Linux lists the threads of this process. */
const threadsFolder = '/proc/self/task';
/** How libuv names the threads of its pool. */
const poolThread = 'libuv-worker';
/** So many steps of niceness are a third of the weight, and nothing less while nobody else wants the processor. */
const stepsBehind = 5;

/**
 * Puts the threads of libuv's pool behind all others: whatever answers cheap calls, here and in the services that are asked
 * meanwhile, gets a processor before a hash goes on, and hashes share what is left. The pool must exist, as it does once it
 * has done something. Where threads cannot be told apart (elsewhere than on Linux) everything stays as it was.
 */
export function letPoolYield(): void {
  try {
    const niceness = Math.min(getPriority() + stepsBehind, constants.priority.PRIORITY_LOW);
    for (const thread of readdirSync(threadsFolder)) {
      const name = readFileSync(`${threadsFolder}/${thread}/comm`, 'utf8').trim();
      // A thread's number is what the system calls a process here: only that thread is set.
      if (name === poolThread) setPriority(Number(thread), niceness);
    }
  } catch {
    // Priorities make hashing polite; it is as good without.
  }
}
