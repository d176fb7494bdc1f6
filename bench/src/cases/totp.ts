import { uuidv7 } from '@bank/domain';
import { ChallengePurpose } from '@bank/proto/mfa';
import { median } from '@bank/test-bed';
import { type Bench, type Case, databaseOf, type LimitProgram, startLimit } from '#bench.ts';
import { countFor } from '#closed-loop.ts';
import { compareApp } from '#compare.ts';
import { type AppHolder, type Codes, codesOf, enrolApps } from '#holders.ts';
import { mfaClient } from '#mfa-client.ts';

const people = 64;
const inFlight = 16;

/** Asking for the code of an authenticator app and taking it, beside the same statements with nothing around them. */
export const totp: Case = {
  name: 'totp',
  async run(bench) {
    const codes = await codesOf(bench, await enrolApps(bench, people));
    try {
      const mfa = mfaClient(bench);
      const viaMfa = pairOf(async (holder, bindingId, code) => {
        const asked = { userId: holder.person.userId, purpose: ChallengePurpose.SIGN_IN, bindingId };
        const { challengeId } = await mfa.startChallenge({ ...asked, factorId: holder.factorId });
        await mfa.verifyChallenge({ ...asked, proof: { case: 'answer', value: { challengeId, code } } });
      });
      // Once, so that there is an entry of the ledger to write again.
      await codes.use(viaMfa);
      const limit = await measureLimit(bench, codes);
      const rate = async (seconds: number) => (await countFor(seconds, inFlight, () => codes.use(viaMfa))).perSecond;
      const { mfa: app } = bench.stack.apps;
      const compared = await compareApp(bench, { app, name: 'totp' }, { measured: rate, limit: async () => limit });
      return [
        {
          case: 'totp',
          what: `RPC StartChallenge and VerifyChallenge of an authenticator app, ${inFlight} in flight`,
          measured: { value: compared.measured, unit: 'pairs/s' },
          limit: { value: limit, unit: 'pairs/s', what: 'Hono, node-postgres, the same statements' },
          figure: compared.ratio,
          must: { atLeast: 0.6 },
          notes: [`${people} people; what codes were shown is forgotten five times a second on both sides`],
        },
      ];
    } finally {
      await codes.stop();
    }
  },
};

type Pair = (holder: AppHolder, bindingId: string, code: string) => Promise<void>;

/** One sign-in's challenge and its answer. */
function pairOf(pair: Pair): (holder: AppHolder, code: string) => Promise<void> {
  return (holder, code) => pair(holder, uuidv7(), code);
}

/** Mfa stands still meanwhile: it would publish what the limit writes. */
async function measureLimit(bench: Bench, codes: Codes): Promise<number> {
  const { stack, options } = bench;
  const { mfa } = stack.apps;
  await mfa.stop();
  const { KEYRING_DIR } = stack.environments.mfa;
  const limit = await startLimit(bench, 'totp', { ...databaseOf(bench, 'mfa'), KEYRING_DIR });
  try {
    const pair = pairOf((holder, bindingId, code) => askLimit(limit, holder, bindingId, code));
    const measure = async (seconds: number) => (await countFor(seconds, inFlight, () => codes.use(pair))).perSecond;
    const slice = options.seconds / options.rounds;
    await measure(slice);
    const figures: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) figures.push(await measure(slice));
    await send(limit, '/forget', {});
    return median(figures);
  } finally {
    await limit.stop();
    await mfa.start();
  }
}

async function askLimit(limit: LimitProgram, { person, factorId }: AppHolder, bindingId: string, code: string) {
  const asked = { userId: person.userId, factorId, bindingId, challengeId: uuidv7() };
  await send(limit, '/challenge', asked);
  await send(limit, '/verify', { ...asked, code });
}

async function send({ url }: LimitProgram, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`the limit answered ${answer.status} to ${path}`);
}
