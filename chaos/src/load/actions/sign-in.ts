import { codeFor } from '@bank/test-bed';
import { type Account, sessionOf, type Tokens } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import type { Exchange } from '#load/gateway-client.ts';

const mailWithinMs = 4_000;

/** What clients complain of whom a right password opens nothing. */
export const noPasswordTaken = 'no password that they were told is taken';

interface SecondHalf {
  readonly loginId: string;
  readonly factors: readonly [Factor, ...Factor[]];
}

interface Factor {
  readonly id: string;
  readonly type: string;
}

/**
 * Signs in with the password on the known device, with a code of the authenticator app where there is one, and with one by mail
 * where nobody could vouch for the device in time.
 */
export const signIn: Action = async (actor, account) => {
  const { email: identifier, password, device, userId } = account;
  for (const tried of [password.told, ...password.asked]) {
    const body = { identifier, password: tried, device: { secret: device.secret } };
    const answer = await actor.client.send('POST', '/v1/auth/login', { body, kind: 'session' });
    if (answer.status === 401) continue;
    if (answer.status !== 200) return;
    notePassword(account, tried);
    if ('loginId' in (answer.body as object)) await presentCode(actor, account, answer.body as SecondHalf);
    else noteSession(actor, account, answer);
    return;
  }
  if (account.standing === 'open') actor.journal.complaints.push(`${userId}: ${noPasswordTaken}`);
};

/** One that was asked for and is taken has taken the place of the one before, which all the others needed. */
function notePassword({ password }: Account, taken: string): void {
  if (taken === password.told) return;
  password.told = taken;
  password.asked.clear();
}

async function presentCode(actor: Actor, account: Account, { loginId, factors }: SecondHalf): Promise<void> {
  const { client } = actor;
  const [{ id: factorId, type }] = factors;
  const since = new Date();
  const shown = type === 'totp' ? account.app.secrets.get(factorId)?.code() : undefined;
  if (type === 'totp' && shown === undefined) return; // the clock has to come to the next one
  const asked = await client.send('POST', '/v1/auth/login/challenge', { body: { loginId, factorId } });
  if (asked.status !== 200) return;
  const { challengeId } = asked.body as { challengeId: string };
  const code = shown ?? (await codeByMail(actor, account, since));
  if (code === undefined) return;
  const body = { loginId, challengeId, response: { code }, device: { secret: account.device.secret } };
  const answer = await client.send('POST', '/v1/auth/login/verify', { body, kind: 'session' });
  if (answer.status === 200) noteSession(actor, account, answer);
}

function codeByMail({ inboxUrl }: Actor, { email }: Account, since: Date): Promise<string | undefined> {
  return codeFor(inboxUrl, email, { withinMs: mailWithinMs, since }).catch(() => undefined);
}

function noteSession({ journal }: Actor, account: Account, { requestId, body }: Exchange): void {
  account.session = sessionOf(body as Tokens);
  const { userId } = account;
  journal.acknowledged.push({ kind: 'session', requestId, userId, sessionId: account.session.id });
}
