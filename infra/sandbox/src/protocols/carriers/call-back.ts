import { setTimeout as delay } from 'node:timers/promises';

const triesMax = 5;
const firstPauseMs = 200;
const answerMs = 5000;

/**
 * Calls an address of the system as a carrier does: as often as it takes within a few seconds, and whoever does not answer
 * then has missed it.
 */
export async function callBack(
  url: string,
  request: { headers: Record<string, string>; body: string },
  stopping: AbortSignal,
): Promise<void> {
  for (let tries = 1; tries <= triesMax && !stopping.aborted; tries += 1) {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(answerMs)]);
    const answer = await fetch(url, { method: 'POST', ...request, signal }).catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return;
    await delay(firstPauseMs * 2 ** tries, undefined, { signal: stopping }).catch(() => undefined);
  }
}
