import { parse, UserIdSchema } from '@bank/domain';
import { type Account, codeFor, freshEmail, password, register, registration, signIn } from '../support/accounts.ts';
import { origin, type TestAuth } from '../support/auth.ts';
import { type Colleague, colleague, type StaffClients, signedIn, signedRequest } from '../support/colleagues.ts';
import { changeCode, changeEmail, moveTo, reversionToken } from '../support/emails.ts';
import { get, post } from '../support/http.ts';
import { freshPhone } from '../support/messages.ts';
import { askPasskey } from '../support/passkeys.ts';
import { askForToken } from '../support/passwords.ts';
import { changePhone, smsCode, steppedUpAccount } from '../support/phones.ts';
import { type Prover, prover, registerBound } from '../support/possession.ts';
import { askForRecovery, cancelToken, completeRecovery } from '../support/recoveries.ts';
import { cookiePair, createStaff, emailedCode, tokenOfLink } from '../support/staff.ts';
import { approved, askToApprove } from '../support/transactions.ts';

/** Every kind of token and secret that the service gives to anybody, one each of a few people, and whom they are about. */
export interface Keychain {
  readonly secrets: Readonly<Record<Kind, string>>;
  readonly account: Account;
  readonly bound: Prover;
  readonly mover: Account;
  readonly checker: Colleague;
  readonly closing: string;
  /** Whose recovery waits for staff, and who decides on it. */
  readonly recovering: { readonly userId: string; readonly recoveryId: string; readonly decider: Colleague };
  readonly registrationId: string;
  readonly loginId: string;
  readonly challengeId: string;
}

export const kinds = [
  ...['access token', 'staff access token', 'enrolment token', 'bound access token'],
  ...['refresh token', 'refresh token of a page', 'refresh token of a bound session'],
  ...['device secret', 'proof of possession', 'proof for a token', 'nonce of proofs', 'approval'],
  ...['reset token', 'activation token', 'token that puts an address back'],
  ...['recovery token', 'token that ends a recovery', 'approval of a recovery'],
  ...['registration id', 'registration code', 'login id', 'login id of a passkey', 'challenge id', 'emailed code'],
  ...['transaction token', 'transaction challenge id'],
  ...['code of an address', 'code of a number', 'cursor', 'cursor of staff', 'session id', 'user id'],
] as const;
export type Kind = (typeof kinds)[number];

type Makers = StaffClients & { readonly ops: { createFirstAdmin: FirstAdmin } };
type FirstAdmin = (request: { email: string }) => Promise<{ activationUrl: string }>;

/** Makes one of every kind, all of them good. */
export async function keychain(auth: TestAuth, clients: Makers): Promise<Keychain> {
  const account = await register(auth);
  const ofHisPage = await ofPage(auth, account);
  const bound = prover(auth);
  const inbound = await registerBound(auth, bound);
  const mover = await steppedUpAccount(auth);
  const staff = await ofStaff(auth, clients, account);
  const begun = await ofRegistration(auth);
  const half = await ofSignIn(auth, account);
  const recoveries = await ofRecoveries(auth, clients);
  const secrets = {
    'access token': account.accessToken,
    'bound access token': inbound.accessToken,
    'refresh token': account.refreshToken,
    'refresh token of a bound session': inbound.refreshToken,
    'refresh token of a page': ofHisPage,
    'device secret': account.device.secret,
    'proof of possession': bound.headers('POST', '/v1/auth/login')['dpop'] ?? '',
    'proof for a token': bound.headers('GET', '/v1/auth/session', inbound.accessToken)['dpop'] ?? '',
    'nonce of proofs': auth.ctx.proofs.nonce() ?? '',
    'reset token': await askForToken(auth, await register(auth)),
    'session id': account.sessionId,
    'login id of a passkey': String((await askPasskey(auth)).body.loginId),
    'user id': account.id,
    ...(await ofTransactions(auth, account)),
    ...(await ofChanges(auth, mover)),
    ...staff.secrets,
    ...recoveries.secrets,
    ...begun,
    ...half,
    cursor: await cursorOf(auth, account),
  };
  return {
    ...{ secrets, account, bound, mover, checker: staff.checker, closing: staff.closing },
    recovering: recoveries.recovering,
    registrationId: begun['registration id'],
    loginId: half['login id'],
    challengeId: half['challenge id'],
  };
}

async function ofPage(auth: TestAuth, account: Account): Promise<string> {
  const body = { identifier: account.email, password, clientId: 'browser' };
  const answer = await post(auth, '/v1/auth/login', body, { headers: { origin } });
  return cookiePair(answer, '__Secure-refresh').slice('__Secure-refresh='.length);
}

async function ofStaff(auth: TestAuth, clients: Makers, { id: userId }: Account) {
  const [maker, checker] = [await colleague(auth, 'compliance'), await colleague(auth, 'compliance')];
  const closing = (await register(auth)).id;
  const approval = await signedRequest(clients, maker, 'user.close', { userId: parse(UserIdSchema, closing) });
  const page = await clients.sessions.listSessions({ userId, limit: 1 }, (await signedIn(auth, maker)).asked);
  const { activationUrl } = await clients.ops.createFirstAdmin({ email: freshEmail() });
  const secrets = {
    'staff access token': checker.accessToken,
    'enrolment token': await enrolmentToken(auth),
    'activation token': tokenOfLink(activationUrl),
    'cursor of staff': page.nextCursor,
    approval,
  };
  return { secrets, checker, closing };
}

/** A member of staff without a factor gets a session for enrolling one. */
async function enrolmentToken(auth: TestAuth): Promise<string> {
  return (await emailedCode(auth, await createStaff(auth, 'support'))).body.accessToken;
}

async function ofRegistration(auth: TestAuth) {
  const email = freshEmail();
  const { registrationId } = (await post(auth, '/v1/auth/register', registration(email))).body;
  return { 'registration id': String(registrationId), 'registration code': await codeFor(auth, email) };
}

/** A sign-in on a device in doubt, which waits for the code that was mailed. */
async function ofSignIn(auth: TestAuth, account: Account) {
  auth.neighbours.verdict = 'challenge';
  const { loginId, factors } = (await signIn(auth, account)).body;
  auth.neighbours.verdict = 'allow';
  const { body } = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: factors[0].id });
  const code = await codeFor(auth, account.id);
  return { 'login id': String(loginId), 'challenge id': String(body.challengeId), 'emailed code': code };
}

/** One that was asked for, one that its user may end, and one that staff decide on. */
async function ofRecoveries(auth: TestAuth, clients: Makers) {
  const inReview = async () => {
    const account = await register(auth);
    await completeRecovery(auth, await askForRecovery(auth, account));
    return account;
  };
  // No administrator: an operator makes the first of them here.
  const [maker, decider] = [await colleague(auth, 'support'), await colleague(auth, 'support', 'compliance')];
  const userId = parse(UserIdSchema, (await inReview()).id);
  const { recoveryId } = await clients.sessions.findRecovery({ userId }, maker.asked);
  const secrets = {
    'recovery token': await askForRecovery(auth, await register(auth)),
    'token that ends a recovery': await cancelToken(auth, (await inReview()).id),
    'approval of a recovery': await signedRequest(clients, maker, 'user.recover', { userId, recoveryId }),
  };
  return { secrets, recovering: { userId, recoveryId, decider } };
}

async function ofChanges(auth: TestAuth, mover: Account) {
  const other = await steppedUpAccount(auth);
  await moveTo(auth, other, freshEmail());
  const [email, phone] = [freshEmail(), freshPhone()];
  await changeEmail(auth, mover.accessToken, email);
  await changePhone(auth, mover.accessToken, phone);
  return {
    'token that puts an address back': await reversionToken(auth, other.email),
    'code of an address': await changeCode(auth, email),
    'code of a number': await smsCode(auth, phone),
  };
}

async function ofTransactions(auth: TestAuth, account: Account) {
  const { body } = await askToApprove(auth, account);
  return {
    'transaction token': await approved(auth, account),
    'transaction challenge id': String(body.challengeId),
  };
}

async function cursorOf(auth: TestAuth, { accessToken }: Account): Promise<string> {
  return (await get(auth, '/v1/auth/sessions?limit=1', accessToken)).body.nextCursor;
}
