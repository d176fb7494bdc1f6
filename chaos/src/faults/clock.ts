import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppName } from '@bank/scripts/stack';
import type { Chaos, Fault } from '#chaos.ts';
import { refused, statusesByRoute, tally } from '#faults/answers.ts';
import { isBack } from '#faults/recovery.ts';
import { refusedWithinGrace } from '#load/actions/renew.ts';
import { noPasswordTaken } from '#load/actions/sign-in.ts';
import { inTime, pause } from '#pause.ts';

const shiftsMs = [300_000, -300_000];
const readyWithinMs = 20_000;
const complainsWithinMs = 20_000;
const watchedMs = 5_000;
const preload = join(import.meta.dirname, '..', 'shifted-clock.ts');
/**
 * What clients rightly complain of while auth's clock is off, and as long as the load goes on after it: to a clock that is behind a
 * sign-in begins before the lock that has ended meanwhile, which cut off all that was under way; to one that is ahead the grace of a
 * renewal is over.
 */
const excusedOfAuth = [noPasswordTaken, refusedWithinGrace];
const complaint = 'the clock of this process differs';

/** An app starts with a clock that is five minutes ahead, then behind. It says so and goes on. */
export const clock: Fault = {
  name: 'clock',
  what: 'clock of one app 5 min off, ahead and behind',
  async run(chaos) {
    const { journal } = chaos;
    const since = performance.now();
    const ofProfile = await goWrongBothWays(chaos, 'profile');
    const complaints = journal.complaints.length;
    const ofAuth = await goWrongBothWays(chaos, 'auth');
    await chaos.load.stop(); // what is under way may have begun while the clock was off
    const excused = journal.excuse(complaints, excusedOfAuth);
    const answers = journal.between(since);
    return {
      figures: {
        'starts with a wrong clock': 2 * shiftsMs.length,
        requests: answers.length,
        'complaints excused': excused,
      },
      broken: [
        ...ofProfile,
        ...ofAuth,
        ...tally(
          refused(answers).filter(({ status }) => status !== 503),
          ({ route, status }) => `${route} answered ${status}`,
        ),
      ],
      notes: [
        'while a clock was wrong, and while the app started:',
        ...statusesByRoute(answers).map((line) => `  ${line}`),
      ],
    };
  },
};

async function goWrongBothWays(chaos: Chaos, app: AppName): Promise<string[]> {
  const broken: string[] = [];
  for (const shiftMs of shiftsMs) broken.push(...(await goWrong(chaos, app, shiftMs)));
  await chaos.stack.apps[app].start();
  return broken;
}

async function goWrong({ stack, report }: Chaos, app: AppName, shiftMs: number): Promise<string[]> {
  const control = stack.control(app);
  await control.stop();
  const env = { NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_MS: String(shiftMs) };
  const process = await control.start(env);
  let hasEnded = false;
  void process.exited.then(() => {
    hasEnded = true;
  });
  const isReady = await inTime(() => isBack(stack, app), readyWithinMs);
  // Each life of a process has a log of its own.
  const complains = await inTime(async () => logOf(stack.logFiles(), app).includes(complaint), complainsWithinMs);
  await pause(watchedMs);
  const name = `${app} with its clock ${shiftMs / 60_000} min off`;
  report(`${name}: ${complains ? 'says so' : 'SAYS NOTHING'}, ${hasEnded ? 'ENDED' : 'runs'}`);
  const ended = hasEnded;
  await control.stop();
  return [
    ...(isReady ? [] : [`${name} does not get ready`]),
    ...(complains ? [] : [`${name} says nothing of it in its log`]),
    ...(ended ? [`${name} crashed`] : []),
  ];
}

function logOf(files: readonly string[], app: string): string {
  const file = files.find((name) => name.endsWith(`/${app}.log`));
  return file === undefined ? '' : readFileSync(file, 'utf8');
}
