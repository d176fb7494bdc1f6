import { queryOnce } from '@bank/test-bed';
import type { Chaos } from '#chaos.ts';
import {
  goneWithinMs,
  metricsOf,
  missing,
  retriedWithinMs,
  seenUnderWay,
  slowWithinMs,
  type Trial,
  type Tried,
} from '#faults/providers/trial.ts';
import type { Account } from '#load/account.ts';
import { caseWith } from '#load/actions/go-on-with-case.ts';
import { registerAccount } from '#load/actions/register.ts';
import { inTime } from '#pause.ts';

const each = 3;
const mailWithinMs = 20_000;
/** A request takes several rounds to hand in: profile may not have heard of the user yet. */
const roundsMax = 10;

/** Cases that the KYC service decides slowly, and some that it refuses once. */
export async function tryCases(chaos: Chaos, trial: Trial): Promise<Tried> {
  const slow = await handInAll(trial, await registerAll(trial), 'SLOW');
  const flaky = await handInAll(trial, await registerAll(trial), 'FLAKY');
  const slowCame = await approvedOf(chaos, slow, slowWithinMs);
  const flakyCame = await approvedOf(chaos, flaky, retriedWithinMs);
  chaos.report(`cases that were decided: ${slowCame} of ${each} slowly, ${flakyCame} of ${each} refused once`);
  return {
    came: slowCame + flakyCame,
    broken: [
      ...missing('slow decisions', slowCame, each),
      ...missing('decisions of cases that were refused once', flakyCame, each),
    ],
  };
}

/** People who may hand in later, when there is nobody to send them a code. */
export function registerAll({ actor }: Trial): Promise<readonly Account[]> {
  const accounts = Array.from({ length: each }, () => registerAccount(actor, { withinMs: mailWithinMs }));
  return Promise.all(accounts).then((all) => all.filter((account) => account !== undefined));
}

/** Cases for which there is no KYC service: they are handed in now, wait where everybody sees it, and are looked for when it is back. */
export async function handInCases(
  { stack }: Chaos,
  trial: Trial,
  people: readonly Account[],
): Promise<(chaos: Chaos) => Promise<Tried & { readonly lines: readonly string[] }>> {
  const { url } = stack.apps.profile;
  const gone = await handInAll(trial, people, 'APPROVE');
  const { isSeen, lines } = await seenUnderWay(url, (line) => /^kyc_submissions_waiting\b.* [1-9]/.test(line));
  return async (chaos) => {
    const came = await approvedOf(chaos, gone, goneWithinMs);
    chaos.report(`cases that were decided: ${came} of ${each} whose KYC service was gone`);
    const failed = (await metricsOf(url)).find((line) => /^kyc_submissions_total\{.*outcome="failed"/.test(line));
    return {
      came,
      lines: [...lines, ...(failed === undefined ? [] : [failed])],
      broken: [
        ...missing('decisions of a KYC service that was gone', came, each),
        ...(isSeen ? [] : ['profile shows no case that waits for the KYC service']),
        ...(failed === undefined ? ['no case was handed over again'] : []),
      ],
    };
  };
}

/** Hands in for all of them; gives who has. */
async function handInAll({ actor }: Trial, people: readonly Account[], outcome: string): Promise<readonly string[]> {
  const goOn = caseWith(() => outcome);
  const hasHandedIn = ({ userId }: Account) =>
    actor.journal.acknowledged.some((write) => write.kind === 'submission' && write.userId === userId);
  const handIn = async (account: Account) => {
    for (let round = 0; round < roundsMax && !hasHandedIn(account); round += 1) await goOn(actor, account);
  };
  await Promise.all(people.map(handIn));
  return people.filter(hasHandedIn).map(({ userId }) => userId);
}

async function approvedOf({ stack }: Chaos, userIds: readonly string[], withinMs: number): Promise<number> {
  const sql = `select count(*)::int as count from profile.kyc_cases where status = 'approved' and user_id = any($1)`;
  const count = async () => {
    const [row] = await queryOnce<{ count: number }>(stack.environments.profile, sql, [userIds]);
    return row?.count ?? 0;
  };
  await inTime(async () => (await count()) >= each, withinMs, 250);
  return await count();
}
