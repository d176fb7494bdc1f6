import { appNames } from '@bank/scripts/stack';
import type { Chaos, Fault } from '#chaos.ts';
import { refused, wronglyRefused } from '#faults/answers.ts';
import { timeUntilBack } from '#faults/recovery.ts';
import { pause } from '#pause.ts';

const backWithinMs = 15_000;
const patienceMs = 60_000;
const downMs = 3_000;

/** Postgres is shut down under the apps, then killed: each time it is started again three seconds later, and nothing else is. */
export const postgres: Fault = {
  name: 'postgres',
  what: 'Postgres restarted, once shut down and once killed',
  async run(chaos) {
    const since = performance.now();
    const recoveriesMs: number[] = [];
    for (const way of ['stop', 'kill'] as const) {
      recoveriesMs.push(await takeAway(chaos, way));
      await pause(2_000);
    }
    const answers = chaos.journal.between(since);
    const late = recoveriesMs.filter((ms) => ms > backWithinMs);
    return {
      recoveriesMs,
      figures: { restarts: recoveriesMs.length, requests: answers.length, 'answered 503': refused(answers).length },
      broken: [
        ...late.map((ms) => `the apps were back ${Math.round(ms)} ms after Postgres, not within ${backWithinMs}`),
        ...wronglyRefused(answers),
      ],
      notes: ['recovery counts from the start of Postgres until all five apps answer, its own start included'],
    };
  },
};

async function takeAway({ stack, options, report }: Chaos, way: 'stop' | 'kill'): Promise<number> {
  const server = stack.control('postgres');
  await server[way]();
  await pause(options.seconds === undefined ? downMs : options.seconds * 1000);
  const startedAt = performance.now();
  await server.start();
  const back = await timeUntilBack(stack, appNames, { since: startedAt, withinMs: patienceMs });
  report(`postgres (${way}): all apps back after ${back === undefined ? 'never' : `${Math.round(back)} ms`}`);
  return back ?? Number.POSITIVE_INFINITY;
}
