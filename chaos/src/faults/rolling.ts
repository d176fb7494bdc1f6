import { readFileSync } from 'node:fs';
import { appNames, type Stack } from '@bank/scripts/stack';
import type { Fault } from '#chaos.ts';
import { refused, tally } from '#faults/answers.ts';
import type { Answer } from '#load/journal.ts';
import { pause } from '#pause.ts';

const betweenMs = 500;
const explained = 5;
const lineLengthMax = 700;

/** Each replica of each app is asked to stop (SIGTERM) and started again, one after the other. Nobody at the gateway notices. */
export const rolling: Fault = {
  name: 'rolling',
  what: 'rolling restart of every app, two replicas each',
  replicas: 2,
  async run({ stack, journal, report }) {
    const since = performance.now();
    const stopsMs: number[] = [];
    for (const app of appNames) {
      for (const replica of stack.apps[app].replicas) {
        const askedAt = performance.now();
        await replica.stop();
        stopsMs.push(performance.now() - askedAt);
        await replica.start();
        await pause(betweenMs);
      }
      report(`${app} has been restarted`);
    }
    const answers = journal.between(since);
    const failed = refused(answers);
    return {
      figures: {
        restarts: stopsMs.length,
        'slowest stop ms': Math.round(Math.max(...stopsMs)),
        requests: answers.length,
        failed: failed.length,
      },
      notes: whyFailed(stack, failed),
      broken: tally(failed, ({ route, status, code }) => `${route} answered ${status} ${code ?? ''}`),
    };
  },
};

/** What the logs say of requests that failed. */
function whyFailed(stack: Stack, failed: readonly Answer[]): string[] {
  const ids = failed.slice(0, explained).map(({ requestId }) => requestId);
  const lines = stack.logFiles().flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return ids.flatMap((id) => lines.filter((line) => line.includes(id)).map((line) => line.slice(0, lineLengthMax)));
}
