import { watchParent } from '#stack/host/parent-watch.ts';

// A Ctrl-C reaches us twice: from the terminal, and passed on by the process that started us.
const SAME_REQUEST_MS = 1_000;

export interface StopRequest {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when the process that started us is gone. */
  readonly signal: AbortSignal;
  readonly requested: Promise<undefined>;
  /** What a process that was stopped so exits with (128 + signal number for SIGINT, 0 for SIGTERM). */
  exitCode(): number;
}

/** Listens for requests to stop. A second one calls `onImpatience`. */
export function listenForStop(onImpatience: () => void): StopRequest {
  const controller = new AbortController();
  let requestedAt = 0;
  let code = 0;
  function request(exitCode: number): void {
    if (!controller.signal.aborted) {
      requestedAt = Date.now();
      code = exitCode;
      controller.abort();
    } else if (Date.now() - requestedAt > SAME_REQUEST_MS) {
      onImpatience();
    }
  }
  process.on('SIGINT', () => request(130));
  process.on('SIGTERM', () => request(0));
  process.on('SIGHUP', () => request(129));
  watchParent(() => request(1));
  for (const output of [process.stdout, process.stderr]) {
    output.on('error', () => undefined); // the terminal may close before we have stopped everything
  }
  const { signal } = controller;
  const requested = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
  return { signal, requested, exitCode: () => code };
}
