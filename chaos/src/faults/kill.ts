import { appNames } from '@bank/scripts/stack';
import type { Fault } from '#chaos.ts';
import { refused, wronglyRefused } from '#faults/answers.ts';
import { dieAndReturn } from '#faults/death.ts';
import { pause } from '#pause.ts';

/** Apps die without a word, one after the other; this runner starts each again at once, as an orchestrator does. */
export const kill: Fault = {
  name: 'kill',
  what: 'kill -9 of any app at random moments',
  async run(chaos) {
    const { random, journal, options } = chaos;
    const since = performance.now();
    const deaths = [];
    for (let death = 0; death < options.kills; death += 1) {
      await pause(random.between(200, 1_500));
      deaths.push(await dieAndReturn(chaos, random.pick(appNames)));
    }
    const answers = journal.between(since);
    return {
      recoveriesMs: deaths.map(({ recoveryMs }) => recoveryMs),
      figures: { kills: deaths.length, requests: answers.length, 'answered 503': refused(answers).length },
      broken: [...deaths.flatMap(({ broken }) => broken), ...wronglyRefused(answers)],
    };
  },
};
