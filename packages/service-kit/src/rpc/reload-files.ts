import { statSync } from 'node:fs';
import type { Logger, Metrics } from '@bank/observability';

export interface WatchedFiles {
  /** What they are together, as the log and the metric call it. */
  readonly name: string;
  readonly files: readonly string[];
  readonly logger: Pick<Logger, 'error'> | undefined;
  readonly metrics: Pick<Metrics, 'watchFile'> | undefined;
  /** How often they are looked at, 2,000 ms unless said. */
  readonly pollMs?: number | undefined;
}

const pollMsDefault = 2000;

/**
 * Calls `reload` when one of the files changes, until the returned function is called. What it throws is a refusal: it is
 * said in the log, and `reload_refused` shows it until a change is taken. Polls: the only way that notices a mounted secret
 * whose symbolic link is turned to a new folder. Keeps no process alive.
 */
export function reloadOnChange(watched: WatchedFiles, reload: () => void): () => void {
  const { name, files, logger, metrics, pollMs = pollMsDefault } = watched;
  const tell = metrics?.watchFile(name);
  let seen = stateOf(files);
  const timer = setInterval(() => {
    const now = stateOf(files);
    if (now === seen) return;
    seen = now;
    try {
      reload();
      tell?.('taken');
    } catch (err) {
      tell?.('refused');
      logger?.error({ component: 'rpc', err }, `${name} cannot be read; the old one stays in force`);
    }
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}

function stateOf(files: readonly string[]): string {
  return files.map(stateOfOne).join();
}

/** A folder that may not be entered and a network volume that answers with an error are states as well: whoever reads says so. */
function stateOfOne(file: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(file);
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return 'unreadable';
  }
}
