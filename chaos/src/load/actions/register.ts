import { acceptedTerms, codeFor, freshEmail, freshPassword } from '@bank/test-bed';
import { type Account, accountOf, type Tokens } from '#load/account.ts';
import type { Actor } from '#load/actions/action.ts';

const mailWithinMs = 4_000;

interface Verified extends Tokens {
  readonly user: { readonly id: string };
  readonly device: Account['device'];
}

/** Registers another user, for whom this client acts from then on. */
export async function register(actor: Actor): Promise<void> {
  const account = await registerAccount(actor);
  if (account !== undefined) actor.accounts.push(account);
}

/** Somebody with a number gets a text message as soon as they are a user. */
interface Registering {
  readonly phone?: string;
  readonly withinMs?: number;
}

/** Registers a user. Where the mail does not come in time the registration stays open: the checker asks for its mail. */
export async function registerAccount(
  { client, journal, inboxUrl }: Omit<Actor, 'accounts'>,
  { phone, withinMs = mailWithinMs }: Registering = {},
): Promise<Account | undefined> {
  const email = freshEmail();
  const password = freshPassword();
  const started = await client.send('POST', '/v1/auth/register', {
    body: { email, password, acceptedTerms, ...(phone !== undefined && { phone }) },
    kind: 'registration',
  });
  if (started.status !== 202) return undefined;
  journal.acknowledged.push({ kind: 'registration', requestId: started.requestId });
  const { registrationId } = started.body as { registrationId: string };
  const code = await codeFor(inboxUrl, email, { withinMs }).catch(() => undefined);
  if (code === undefined) return undefined;
  const body = { registrationId, code, device: { platform: 'web', model: 'chaos' } };
  const verified = await client.send('POST', '/v1/auth/register/verify', { body, kind: 'user' });
  if (verified.status !== 201) return undefined;
  const { user, ...rest } = verified.body as Verified;
  journal.acknowledged.push({
    kind: 'user',
    requestId: verified.requestId,
    userId: user.id,
    sessionId: rest.sessionId,
  });
  return accountOf({ userId: user.id, email, password, ...rest });
}
