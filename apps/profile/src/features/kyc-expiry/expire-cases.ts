import { notify } from '@bank/composition';
import { type Chore, readerOf, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { dayOf } from '#features/kyc/policies.ts';
import { releaseReplaced } from '#features/kyc/release-replaced.ts';
import { expireCase } from '#features/kyc-expiry/expire-case.ts';
import type { IdleCase } from '#storage/kyc/kyc-case.repository.ts';
import type { EndingStanding } from '#storage/kyc/kyc-standing.repository.ts';

const dayMs = 86_400_000;
const batch = 200;
const who = allow.system('kyc expiry');
const audits = ['kyc.case.expired', 'file.removed'] as const;

/** How long before a document runs out its user is told, in days. */
const remindDays = 30;
/** After how many days an untouched draft, and an unanswered question, are over. */
const idleDays = { draft: 90, more_information: 30 } as const;

/** What runs out by itself: tiers whose documents do, after a reminder, and cases that nobody goes on with. */
export function kycChores(ctx: AppContext): readonly Chore[] {
  return [
    { name: 'kyc reminders', run: () => remindOfExpiry(ctx) },
    { name: 'kyc expiry', run: () => expireCases(ctx) },
    { name: 'kyc documents', run: () => releaseReplaced(ctx) },
  ];
}

/** Writes to users, once, whose documents run out within a month: to show newer ones in time. */
export async function remindOfExpiry(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now();
  const until = dayOf(new Date(now.getTime() + remindDays * dayMs));
  const unaudited = 'reminds of what has not happened yet';
  for (let reminded = batch; reminded === batch; ) {
    reminded = await withTransaction(ctx, { who, unaudited }, async (tx) => {
      const due = await tx.kycStandings.remind(until, now, batch);
      for (const { userId, validUntil } of due) {
        const days = Math.max(0, Math.round((Date.parse(validUntil) - Date.parse(dayOf(now))) / dayMs));
        await notify(tx, userId, messageOf('kyc-expiring', { days }), { keptDays: 7 });
      }
      return due.length;
    });
  }
}

/** Ends what has run out, each by a transaction of its own. What fails waits for the next round and holds up nothing else. */
export async function expireCases(ctx: AppContext): Promise<void> {
  const now = ctx.clock.now();
  const { kycCases, kycStandings } = readerOf(ctx);
  await endEach(ctx, {
    find: (after: EndingStanding | undefined) => kycStandings.lapsed(dayOf(now), { after, limit: batch }),
    end: (ending) => lapse(ctx, ending),
  });
  for (const status of ['draft', 'more_information'] as const) {
    const since = new Date(now.getTime() - idleDays[status] * dayMs);
    await endEach(ctx, {
      find: (after: IdleCase | undefined) => kycCases.idle(status, since, { after, limit: batch }),
      end: ({ caseId }) => close(ctx, caseId, status, since),
    });
  }
}

interface Ending<T> {
  /** A batch of those behind the last one. */
  find(after: T | undefined): Promise<readonly T[]>;
  end(one: T): Promise<void>;
}

async function endEach<T extends { readonly caseId: string }>(
  ctx: AppContext,
  { find, end }: Ending<T>,
): Promise<void> {
  let last: T | undefined;
  for (let isMore = true; isMore; ) {
    const found = await find(last);
    for (const one of found) {
      await end(one).catch((err: unknown) =>
        ctx.logger.warn({ caseId: one.caseId, err }, 'a case that has run out waits for the next round'),
      );
    }
    last = found.at(-1);
    isMore = found.length === batch;
  }
}

/**
 * A tier ends, and with it the cases that were approved, of which it rested on the last: the user begins another. Not one that was renewed
 * since it was found.
 */
async function lapse(ctx: AppContext, ending: EndingStanding): Promise<void> {
  const { userId } = ending;
  await withTransaction(ctx, { who, audits }, async (tx) => {
    const isThere = await tx.holdUser(userId);
    const at = tx.clock.now();
    if (!(await tx.kycStandings.lapse(ending, dayOf(at), at))) return;
    for (const approved of await tx.kycCases.lockApproved(userId)) await expireCase(tx, approved, 'document');
    if (isThere) await notify(tx, userId, messageOf('kyc-expired', { at }), { keptDays: 7 });
  });
}

async function close(ctx: AppContext, id: string, from: 'draft' | 'more_information', since: Date): Promise<void> {
  await withTransaction(ctx, { who, audits }, async (tx) => {
    const held = await tx.kycCases.lock(id);
    if (held?.status !== from || held.movedAt >= since) return; // its user went on with it meanwhile
    await expireCase(tx, held, 'idle');
  });
}
