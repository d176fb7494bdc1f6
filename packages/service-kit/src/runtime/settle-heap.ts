import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8's `gc`, as `--expose-gc` gives it (`src/extensions/gc-extension.cc`). */
type CollectGarbage = (options: { type: 'major'; flavor: 'last-resort'; execution: 'sync' }) => void;

/**
 * Gives back what loading the code has left behind, some 20 MiB: V8 grows the young generation meanwhile, and nothing but a
 * collection of last resort makes it small again. Takes the main thread for some 100 ms, so it belongs before the first request.
 */
export function settleHeap(): void {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as CollectGarbage;
  collectGarbage({ type: 'major', flavor: 'last-resort', execution: 'sync' });
  setFlagsFromString('--no-expose-gc');
}
