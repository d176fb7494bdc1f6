import { stopSteps } from '#verify/run-step.ts';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Ends the process, and first every step that runs with all it started, when it is told to stop, or when nobody reads any more
 * what it says (EPIPE). The signal that is returned is aborted at once: no step begins any more.
 */
export function stopStepsWhenInterrupted(): AbortSignal {
  const controller = new AbortController();
  const stop = (status: number): void => {
    if (controller.signal.aborted) return;
    controller.abort();
    void stopSteps().then(() => process.exit(status));
  };
  for (const [signal, status] of Object.entries(signals)) process.once(signal, () => stop(status));
  for (const output of [process.stdout, process.stderr]) output.on('error', () => stop(1));
  return controller.signal;
}
