import type { AppName } from '@bank/scripts/stack';
import type { Chaos } from '#chaos.ts';
import { timeUntilBack } from '#faults/recovery.ts';

const backWithinMs = 5_000;
const patienceMs = 30_000;

/** Kills an app and starts it again at once, as an orchestrator does; how long that took, and whether it was too long. */
export async function dieAndReturn(
  { stack, report }: Pick<Chaos, 'stack' | 'report'>,
  app: AppName,
): Promise<{ readonly recoveryMs: number; readonly broken: readonly string[] }> {
  const diedAt = performance.now();
  await stack.apps[app].kill();
  await stack.apps[app].start();
  const back = await timeUntilBack(stack, [app], { since: diedAt, withinMs: patienceMs });
  report(`killed ${app}: back after ${back === undefined ? 'never' : `${Math.round(back)} ms`}`);
  const isInTime = back !== undefined && back <= backWithinMs;
  return {
    recoveryMs: back ?? Number.POSITIVE_INFINITY,
    broken: isInTime ? [] : [`${app} was back after ${back} ms, not within ${backWithinMs}`],
  };
}
