import { Authenticator } from '@bank/test-bed';
import { type Account, type Session, sessionOf, type Tokens } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';
import { signIn } from '#load/actions/sign-in.ts';
import { tokenIdOf } from '#load/actions/token-id.ts';

interface Factor {
  readonly id: string;
  readonly type: string;
}

/**
 * Enrols an authenticator app, raises the session with it, has recovery codes made, and removes it, so that the user signs in by
 * the password again. Whatever was cut off is gone on with next time.
 */
export const useApp: Action = async (actor, account) => {
  const { client } = actor;
  const token = account.session?.accessToken;
  if (token === undefined) return renew(actor, account);
  const { status, body } = await client.send('GET', '/v1/mfa/factors', { token });
  if (status === 401) return renew(actor, account);
  if (status !== 200) return;
  const listed = (body as { items: readonly Factor[] }).items.map(({ id }) => id);
  compare(actor, account, listed);
  const id = listed.find((each) => account.app.secrets.has(each)) ?? (await enrol(actor, account, token));
  if (id === undefined) return;
  const raised = await stepUp(actor, account, token, id);
  if (raised === undefined) return;
  await makeRecoveryCodes(actor, account, raised, id);
  await remove(actor, account, raised, id);
};

/** What users were told of their apps is what they see. */
function compare({ journal }: Actor, { app, userId }: Account, listed: readonly string[]): void {
  if (app.told !== undefined && !listed.includes(app.told)) {
    journal.complaints.push(`${userId}: factor ${app.told}, of which the enrolment was acknowledged, is gone`);
  }
  for (const id of listed.filter((each) => app.removed.has(each))) {
    journal.complaints.push(`${userId}: factor ${id}, of which the removal was acknowledged, is there`);
  }
}

async function enrol(actor: Actor, account: Account, token: string): Promise<string | undefined> {
  const { client, journal } = actor;
  const { app, userId } = account;
  const begun = await client.send('POST', '/v1/mfa/totp', { token, body: { label: 'Phone' } });
  // The sign-in is older than five minutes.
  if (begun.status === 403) await signIn(actor, account);
  if (begun.status !== 201) return undefined;
  const { factorId, secret } = begun.body as { factorId: string; secret: string };
  const authenticator = new Authenticator(secret);
  app.secrets.set(factorId, authenticator);
  const sent = { id: factorId, token, body: { code: authenticator.code() }, kind: 'factor' } as const;
  const { status, requestId } = await client.send('POST', '/v1/mfa/totp/:id/confirm', sent);
  if (status !== 200) return undefined; // the list tells whether it is enrolled
  app.told = factorId;
  journal.acknowledged.push({ kind: 'factor', requestId, userId, factorId });
  return factorId;
}

/** The access token of the raised session. Without an answer nobody knows which of its tokens are good: the user signs in. */
async function stepUp(
  { client, journal }: Actor,
  account: Account,
  token: string,
  factorId: string,
): Promise<string | undefined> {
  const code = account.app.secrets.get(factorId)?.code();
  if (code === undefined) return undefined;
  const asked = await client.send('POST', '/v1/auth/step-up/challenge', { token, body: { factorId } });
  if (asked.status !== 200) return undefined;
  const { challengeId } = asked.body as { challengeId: string };
  const body = { challengeId, response: { code } };
  const answer = await client.send('POST', '/v1/auth/step-up/verify', { token, body, kind: 'step-up' });
  account.session = answer.status === 200 ? sessionOf(answer.body as Tokens) : undefined;
  if (account.session === undefined) return undefined;
  const { id: sessionId, refreshToken, accessToken }: Session = account.session;
  journal.acknowledged.push({
    ...{ kind: 'step-up', requestId: answer.requestId, sessionId, tokenId: tokenIdOf(refreshToken) },
  });
  return accessToken;
}

async function makeRecoveryCodes(
  { client, journal }: Actor,
  { userId }: Account,
  token: string,
  factorId: string,
): Promise<void> {
  const { status, requestId } = await client.send('POST', '/v1/mfa/recovery-codes', { token, kind: 'recovery-codes' });
  if (status === 201) journal.acknowledged.push({ kind: 'recovery-codes', requestId, userId, factorId });
}

async function remove({ client, journal }: Actor, account: Account, token: string, id: string): Promise<void> {
  const { app, userId } = account;
  const read = await client.send('GET', '/v1/mfa/factors/:id', { id, token });
  if (read.status !== 200) return;
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  if (app.told === id) app.told = undefined;
  const sent = { id, token, headers, kind: 'factor-removal' } as const;
  const { status, requestId } = await client.send('DELETE', '/v1/mfa/factors/:id', sent);
  if (status !== 204) return;
  app.removed.add(id);
  journal.acknowledged.push({ kind: 'factor-removal', requestId, userId, factorId: id });
}
