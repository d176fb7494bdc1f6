import { appNames } from '@bank/scripts/stack';
import type { Fault } from '#chaos.ts';
import { refused, wronglyRefused } from '#faults/answers.ts';
import { timeUntilBack } from '#faults/recovery.ts';
import { pause } from '#pause.ts';

const backWithinMs = 5_000;
const patienceMs = 30_000;

/** Apps die without a word, one after the other; this runner starts each again at once, as an orchestrator does. */
export const kill: Fault = {
  name: 'kill',
  what: 'kill -9 of any app at random moments',
  async run({ stack, random, journal, options, report }) {
    const since = performance.now();
    const recoveriesMs: number[] = [];
    const broken: string[] = [];
    const victims: string[] = [];
    for (let death = 0; death < options.kills; death += 1) {
      await pause(random.between(200, 1_500));
      const app = random.pick(appNames);
      const diedAt = performance.now();
      await stack.apps[app].kill();
      await stack.apps[app].start();
      const back = await timeUntilBack(stack, [app], { since: diedAt, withinMs: patienceMs });
      victims.push(app);
      report(`killed ${app}: back after ${back === undefined ? 'never' : `${Math.round(back)} ms`}`);
      recoveriesMs.push(back ?? Number.POSITIVE_INFINITY);
      if (back === undefined || back > backWithinMs)
        broken.push(`${app} was back after ${back} ms, not within ${backWithinMs}`);
    }
    const answers = journal.between(since);
    return {
      recoveriesMs,
      figures: { kills: victims.length, requests: answers.length, 'answered 503': refused(answers).length },
      broken: [...broken, ...wronglyRefused(answers)],
    };
  },
};
