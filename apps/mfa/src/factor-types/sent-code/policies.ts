import type { Sends } from '#factor-types/sent-code/storage/sent-code.entity.ts';

/** Life of a code, in seconds (SR-22). */
export const sentCodeSeconds = 600;

const firstWaitSeconds = 30;
const longestWaitSeconds = 86_400;

/** How long a user waits for another code after so many unused ones: 30 s, doubling, a day at most (SR-18). */
export function waitSeconds(sends: number): number {
  return sends === 0 ? 0 : Math.min(firstWaitSeconds * 2 ** (sends - 1), longestWaitSeconds);
}

/** From when on another code is sent; undefined when that is now. */
export function nextCodeFrom(last: Sends | undefined, now: Date): Date | undefined {
  if (last === undefined) return undefined;
  const from = new Date(last.sentAt.getTime() + waitSeconds(last.sends) * 1000);
  return from > now ? from : undefined;
}

/** How many were sent in a row when one more is: a day without any begins anew. */
export function sendsAfter(last: Sends | undefined, now: Date): number {
  const isOver = last === undefined || now.getTime() - last.sentAt.getTime() >= longestWaitSeconds * 1000;
  return isOver ? 1 : last.sends + 1;
}
