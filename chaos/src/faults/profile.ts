import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { queryOnce } from '@bank/test-bed';
import type { Chaos, Fault } from '#chaos.ts';
import { refused, wronglyRefused } from '#faults/answers.ts';
import { dieAndReturn } from '#faults/death.ts';
import { nothingWaits, type Told, tellResults } from '#faults/kyc-provider.ts';
import { changeProfile } from '#load/actions/change-profile.ts';
import { goOnWithCase } from '#load/actions/go-on-with-case.ts';
import { renew } from '#load/actions/renew.ts';
import { uploadAvatar } from '#load/actions/upload-avatar.ts';
import { inTime, pause } from '#pause.ts';

/** Long enough for the steps of a case, or a picture, to come to an end between two deaths, and short enough that many do not. */
const aliveMsMax = 4_500;
/** Longer than the lease of a hand-over whose worker died. */
const decidedWithinMs = 90_000;

/** Profile dies without a word while people send pictures and have their identity verified. */
export const profile: Fault = {
  name: 'profile',
  what: 'kill -9 of profile during uploads and verifications',
  shares: [
    [22, uploadAvatar],
    [62, goOnWithCase],
    [8, changeProfile],
    [8, renew],
  ],
  async run(chaos) {
    const { stack, random, journal, options, load, report } = chaos;
    const since = performance.now();
    const told: Told = { calls: 0, repeated: 0, polls: 0, broken: [] };
    let isOver = false;
    const telling = tellResults(stack, random, () => isOver, told);
    const deaths = [];
    for (let death = 0; death < options.kills; death += 1) {
      await pause(random.between(500, aliveMsMax));
      deaths.push(await dieAndReturn(chaos, 'profile'));
    }
    await load.stop();
    const answers = journal.between(since);
    const isDecided = await inTime(() => nothingWaits(stack), decidedWithinMs, 250);
    isOver = true;
    await telling;
    report(`${told.calls} calls back, ${told.polls} times asked sooner`);
    const figures = await figuresOf(chaos);
    await letTimePass(chaos);
    return {
      recoveriesMs: deaths.map(({ recoveryMs }) => recoveryMs),
      figures: {
        ...{ kills: deaths.length, requests: answers.length, 'answered 503': refused(answers).length },
        ...figures,
        ...{ 'calls back': told.calls, 'asked sooner': told.polls },
      },
      broken: [
        ...deaths.flatMap(({ broken }) => broken),
        ...told.broken,
        ...(isDecided ? [] : ['cases wait that the provider has decided']),
        ...wronglyRefused(answers),
      ],
      notes: [
        'verifications are asked about, and uploads are over, sooner than in production: their times were moved in the tables',
      ],
    };
  },
};

/** Two hours for uploads: what was abandoned is due since before the last round of the housekeeping, which begins with the start of the app. */
async function letTimePass({ stack }: Chaos): Promise<void> {
  const app = stack.apps.profile;
  await app.stop();
  await queryOnce(
    stack.environments.profile,
    `update profile.files set upload_until = now() - interval '2 hours', claimed_until = null,
        expires_at = case when status = 'begun' then now() - interval '2 hours' else expires_at end
      where upload_key is not null or status <> 'stored'`,
  );
  const folder = join(stack.environments.profile['STORAGE_DIR'] ?? '', 'begun');
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  for (const name of await readdir(folder).catch(() => [])) await utimes(join(folder, name), longAgo, longAgo);
  await app.start();
}

/** What there was for the deaths to fall into. */
async function figuresOf({ stack }: Chaos): Promise<Record<string, number>> {
  const [counts] = await queryOnce<Record<string, number>>(
    stack.environments.profile,
    `select (select count(*)::int from profile.kyc_submissions) as "handed in",
      (select count(*)::int from profile.kyc_cases where status = 'approved') as approved,
      (select count(*)::int from profile.outbox where data ->> 'action' = 'file.stored') as files,
      (select count(*)::int from profile.files where status = 'begun') as abandoned`,
  );
  return counts ?? {};
}
