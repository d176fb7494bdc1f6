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

/** Who chooses. `userId` is told once it is proven who that is: whoever is nobody yet has no names (SR-15). */
interface Chooser {
  email: Email;
  phone?: PhoneNumber | null | undefined;
  userId?: UserId;
}

/**
 * Checks a chosen password against the policy, the built-in list and the filter of breached ones, before anything is hashed;
 * then against the names of the user, which profile is asked for: while it is away they keep back nothing.
 * @throws auth.password.unacceptable with the rule that it breaks (SR-1 to SR-6)
 */
export async function requireAcceptablePassword(
  ctx: Pick<AppContext, 'config' | 'breachedPasswords' | 'names'>,
  chosen: ChosenPassword & Chooser,
): Promise<void> {
  const { password, email, phone, userId } = chosen;
  const { BRAND, PASSWORD_CONTEXT_WORDS } = ctx.config;
  const facts = {
    email,
    ...(phone && { phone }),
    contextWords: [BRAND, ...PASSWORD_CONTEXT_WORDS, ...contextWords],
    isListed: isCommonPassword,
  };
  const problem = checkPassword(password, facts);
  if (problem !== undefined) throw unacceptable(chosen, problem);
  if (await ctx.breachedPasswords?.has(password)) throw unacceptable(chosen, 'breached');
  if (userId === undefined) return;
  const problemOfNames = checkPassword(password, { ...facts, names: await ctx.names.of(userId) });
  if (problemOfNames !== undefined) throw unacceptable(chosen, problemOfNames);
}

/**
 * Whether a password that was chosen earlier is on a list by now (SR-4, SR-5). A list that cannot be read keeps nobody out.
 */
export async function isListedByNow(
  ctx: Pick<AppContext, 'breachedPasswords' | 'logger'>,
  password: string,
): Promise<boolean> {
  try {
    return isCommonPassword(password) || ((await ctx.breachedPasswords?.has(password)) ?? false);
  } catch (err) {
    ctx.logger.error({ err, component: 'passwords' }, 'the filter of breached passwords was not read');
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

function unacceptable({ path }: ChosenPassword, rule: PasswordProblem): DomainError {
  return new DomainError('auth.password.unacceptable', { details: { errors: [{ path, rule }] } });
}
