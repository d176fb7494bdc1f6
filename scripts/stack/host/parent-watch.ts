const EVERY_MS = 250;

/**
 * Calls `onOrphaned` once when the process that started us is gone. A launcher whose parent was killed with SIGKILL hears
 * of it in no other way.
 */
export function watchParent(onOrphaned: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid !== parent) {
      clearInterval(timer);
      onOrphaned();
    }
  }, EVERY_MS);
  timer.unref();
}
