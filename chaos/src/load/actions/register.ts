import { acceptedTerms, codeFor, freshEmail, freshPassword } from '@bank/test-bed';
import { type Account, accountOf, type Tokens } from '#load/account.ts';
import type { Actor } from '#load/actions/action.ts';

const mailWithinMs = 4_000;

interface Verified extends Tokens {
  readonly user: { readonly id: string };
  readonly device: Account['device'];
}

/** Registers another user. Where the mail does not come in time the registration stays open: the checker asks for its mail. */
export async function register({ client, journal, inboxUrl, accounts }: Actor): Promise<void> {
  const email = freshEmail();
  const password = freshPassword();
  const started = await client.send('POST', '/v1/auth/register', {
    body: { email, password, acceptedTerms },
    kind: 'registration',
  });
  if (started.status !== 202) return;
  journal.acknowledged.push({ kind: 'registration', requestId: started.requestId });
  const { registrationId } = started.body as { registrationId: string };
  const code = await codeFor(inboxUrl, email, { withinMs: mailWithinMs }).catch(() => undefined);
  if (code === undefined) return;
  const body = { registrationId, code, device: { platform: 'web', model: 'chaos' } };
  const verified = await client.send('POST', '/v1/auth/register/verify', { body, kind: 'user' });
  if (verified.status !== 201) return;
  const { user, ...rest } = verified.body as Verified;
  journal.acknowledged.push({
    kind: 'user',
    requestId: verified.requestId,
    userId: user.id,
    sessionId: rest.sessionId,
  });
  accounts.push(accountOf({ userId: user.id, email, password, ...rest }));
}
