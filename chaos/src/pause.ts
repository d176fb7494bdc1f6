/** Resolves after that time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks again and again until it is so; whether it was in time. A question that fails counts as no. */
export async function inTime(isSo: () => Promise<boolean>, withinMs: number, everyMs = 50): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await isSo().catch(() => false)) return true;
    if (performance.now() > deadline) return false;
    await pause(everyMs);
  }
}
