import type { Email, PasswordProblem, PhoneNumber, UserId } from '@bank/domain';
import { checkPassword, DomainError } from '@bank/domain';
import { isCommonPassword } from '@bank/security';
import type { AppContext, ReadContext } from '#context.ts';

/** What any guesser tries with a bank (SR-6). */
const contextWords = ['bank', 'banking'];

/** A password that somebody has chosen. `path` is the field a problem is told under. */
export interface ChosenPassword {
  password: string;
  path: string;
}

/** The address and number of whoever chooses, as far as they are known. */
interface Reachable {
  email?: Email;
  phone?: PhoneNumber | null | undefined;
}

/**
 * Checks a chosen password against the policy, the built-in list and the filter of breached ones, before anything is hashed.
 * @throws auth.password.unacceptable with the rule that it breaks (SR-1 to SR-6)
 */
export async function requireAcceptablePassword(
  ctx: Pick<AppContext, 'config' | 'breachedPasswords'>,
  chosen: ChosenPassword & Reachable,
): Promise<void> {
  const { BRAND, PASSWORD_CONTEXT_WORDS } = ctx.config;
  const problem = checkPassword(chosen.password, {
    ...wordsOf(chosen),
    contextWords: [BRAND, ...PASSWORD_CONTEXT_WORDS, ...contextWords],
    isListed: isCommonPassword,
  });
  if (problem !== undefined) throw unacceptable(chosen, problem);
  if (await ctx.breachedPasswords?.has(chosen.password)) throw unacceptable(chosen, 'breached');
}

/**
 * Refuses a password with the user's own words in it: address, number, and the names that profile is asked for, which keep
 * back nothing while it is away. The answer tells of them, so ask once it is proven who that is (SR-15).
 * @throws auth.password.unacceptable (SR-6)
 */
export async function requireNoOwnWords(
  ctx: Pick<AppContext, 'names'>,
  chosen: ChosenPassword,
  user: Reachable & { userId: UserId },
): Promise<void> {
  const facts = { ...wordsOf(user), names: await ctx.names.of(user.userId), isListed: () => false };
  const problem = checkPassword(chosen.password, facts);
  if (problem !== undefined) throw unacceptable(chosen, problem);
}

/**
 * Whether a password that was chosen earlier is on a list by now (SR-4, SR-5). A filter that may take a good one for a breached
 * one is not asked: it would keep out users who have done nothing. Nor does one that cannot be read keep anybody out.
 */
export async function isListedByNow(
  { breachedPasswords, logger }: Pick<AppContext, 'breachedPasswords' | 'logger'>,
  password: string,
): Promise<boolean> {
  try {
    return (
      isCommonPassword(password) || (breachedPasswords?.isPrecise === true && (await breachedPasswords.has(password)))
    );
  } catch (err) {
    logger.error({ err, component: 'passwords' }, 'the filter of breached passwords was not read');
    return false;
  }
}

/**
 * Refuses a password that the user has now, or had lately. Each look costs a verification, and they stand one after another in
 * the queue of the hasher as any other does (SR-9): so ask last, and only for somebody who has proven who they are.
 * @throws auth.password.unacceptable, service.overloaded
 */
export async function requireUnusedPassword(
  reader: ReadContext,
  userId: UserId,
  chosen: ChosenPassword,
): Promise<void> {
  for (const hash of await reader.passwordHistory.recent(userId)) {
    const { valid } = await reader.hasher.verify(hash, chosen.password);
    if (valid) throw unacceptable(chosen, 'used_before');
  }
}

function wordsOf({ email, phone }: Reachable) {
  return { ...(email && { email }), ...(phone && { phone }) };
}

function unacceptable({ path }: ChosenPassword, rule: PasswordProblem): DomainError {
  return new DomainError('auth.password.unacceptable', { reason: rule, details: { errors: [{ path, rule }] } });
}
