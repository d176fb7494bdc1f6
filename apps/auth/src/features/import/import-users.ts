import { readerOf, withTransaction } from '@bank/database';
import { allow, parse, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { type Candidate, type ImportOutcome, judgeLines, type Outcomes } from '#features/import/judge-lines.ts';
import { ImportSchema } from '#features/import/schemas.ts';
import { type NewLine, writeUsers } from '#features/import/write-users.ts';

/**
 * Makes users of customers of another system, each line for itself: a line that cannot be imported stands in nobody's way,
 * and one that was imported before is left alone, so that whatever broke off can be sent again. Everybody is a customer:
 * nobody gets other roles in this way (SR-72). Hashes of others are wrapped before anything is written.
 * @throws access.forbidden, request.invalid, service.overloaded, service.unavailable
 */
export async function importUsers(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<readonly ImportOutcome[]> {
  const who = allow.service(caller.actor, ['ops']);
  const { runId, dryRun, lines, firebase } = parse(ImportSchema, input);
  const { outcomes, candidates } = judgeLines(ctx, lines, firebase);
  const fresh = await sortOut(ctx, candidates, outcomes);
  const ready = dryRun ? [] : await hashed(ctx, fresh);
  if (dryRun) for (const { index } of fresh) outcomes.set(index, { kind: 'created', userId: undefined });
  await withTransaction(ctx, { who, audits: ['user.created', 'operator.command_run'] }, async (tx) => {
    for (const [index, outcome] of await writeUsers(tx, ready)) outcomes.set(index, outcome);
    await tellLedger(tx, { runId, dryRun, outcomes });
  });
  return lines.map((_, index) => {
    const outcome = outcomes.get(index);
    if (outcome === undefined) throw new Error('a line was left undecided');
    return outcome;
  });
}

/** What is new among the lines, before anything is spent on hashing; the others get their outcome. */
async function sortOut(
  ctx: AppContext,
  candidates: readonly Candidate[],
  outcomes: Outcomes,
): Promise<readonly Candidate[]> {
  const { imports } = readerOf(ctx);
  const all = (digests: 'identity' | 'email' | 'phone') => candidates.flatMap((candidate) => candidate[digests]);
  const taken = {
    email: new Set(await imports.findTaken('email', all('email'))),
    phone: new Set(await imports.findTaken('phone', all('phone'))),
  };
  // After the addresses: a line whose address another call has just taken was imported by it, and is seen as that.
  const imported = await imports.findImported(all('identity'));
  const seen = new Set<string>();
  return candidates.filter((candidate) => {
    const names = namesOf(candidate);
    const outcome = outcomeOf(names, { imported, seen, taken });
    if (outcome !== undefined) {
      outcomes.set(candidate.index, outcome);
      return false;
    }
    for (const name of names.identity) seen.add(name);
    for (const name of names.email) taken.email.add(name);
    for (const name of names.phone) taken.phone.add(name);
    return true;
  });
}

type Names = Readonly<Record<'identity' | 'email' | 'phone', readonly string[]>>;

interface Known {
  readonly imported: ReadonlyMap<string, UserId>;
  /** Lines of the same call. */
  readonly seen: ReadonlySet<string>;
  readonly taken: Readonly<Record<'email' | 'phone', ReadonlySet<string>>>;
}

function outcomeOf(names: Names, { imported, seen, taken }: Known): ImportOutcome | undefined {
  const userId = names.identity.map((name) => imported.get(name)).find((found) => found !== undefined);
  if (userId !== undefined || names.identity.some((name) => seen.has(name))) return { kind: 'already', userId };
  const field = (['email', 'phone'] as const).find((kind) => names[kind].some((name) => taken[kind].has(name)));
  return field === undefined ? undefined : { kind: 'refused', field, rule: 'taken' };
}

function namesOf({ identity, email, phone }: Candidate): Names {
  const hex = (digests: Candidate['email']) => digests.map(({ digest }) => Buffer.from(digest).toString('hex'));
  return { identity: hex(identity), email: hex(email), phone: hex(phone) };
}

async function hashed(ctx: AppContext, fresh: readonly Candidate[]): Promise<readonly NewLine[]> {
  return await Promise.all(
    fresh.map(async (candidate) => ({
      ...candidate,
      userId: ctx.ids.next() as UserId,
      passwordHash: await storedHash(ctx, candidate),
    })),
  );
}

async function storedHash(ctx: AppContext, { hash }: Candidate): Promise<string | undefined> {
  if (hash === undefined) return undefined;
  return 'stored' in hash ? hash.stored : await ctx.hasher.wrap(hash);
}

async function tellLedger(
  tx: AppTransaction,
  { runId, dryRun, outcomes }: { runId: string; dryRun: boolean; outcomes: Outcomes },
): Promise<void> {
  const count = (kind: ImportOutcome['kind']) =>
    [...outcomes.values()].filter((outcome) => outcome.kind === kind).length;
  const counts = { created: count('created'), already: count('already'), refused: count('refused') };
  const details = { command: 'users import', dryRun, ...counts };
  await tx.audit({ action: 'operator.command_run', subject: runId, outcome: 'success', details });
}
