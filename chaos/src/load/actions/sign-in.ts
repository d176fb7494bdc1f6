import { codeFor } from '@bank/test-bed';
import { type Account, sessionOf, type Tokens } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import type { Exchange } from '#load/gateway-client.ts';

const mailWithinMs = 4_000;

interface SecondHalf {
  readonly loginId: string;
  readonly factors: readonly { readonly id: string }[];
}

/** Signs in with the password on the known device, and with a code by mail where nobody could vouch for the device in time. */
export const signIn: Action = async (actor, account) => {
  const { email: identifier, password, device } = account;
  const body = { identifier, password, device: { secret: device.secret } };
  const answer = await actor.client.send('POST', '/v1/auth/login', { body, kind: 'session' });
  if (answer.status !== 200) return;
  if ('loginId' in (answer.body as object)) await presentCode(actor, account, answer.body as SecondHalf);
  else noteSession(actor, account, answer);
};

async function presentCode(actor: Actor, account: Account, { loginId, factors }: SecondHalf): Promise<void> {
  const { client, inboxUrl } = actor;
  const since = new Date();
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId: factors[0]?.id } });
  if (asked.status !== 200) return;
  const { challengeId } = asked.body as { challengeId: string };
  const code = await codeFor(inboxUrl, account.email, { withinMs: mailWithinMs, since }).catch(() => undefined);
  if (code === undefined) return;
  const body = { loginId, challengeId, response: { code }, device: { secret: account.device.secret } };
  const answer = await client.send('POST', '/v1/auth/login/verify', { body, kind: 'session' });
  if (answer.status === 200) noteSession(actor, account, answer);
}

function noteSession({ journal }: Actor, account: Account, { requestId, body }: Exchange): void {
  account.session = sessionOf(body as Tokens);
  const { userId } = account;
  journal.acknowledged.push({ kind: 'session', requestId, userId, sessionId: account.session.id });
}
