import { uuidv7 } from '@bank/domain';
import { type Account, codeFor, password, register } from './accounts.ts';
import { staffOrigin, type TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';
import { passkeyFactor } from './neighbours.ts';
import { assertion, syncedPasskey } from './passkeys.ts';

/** What comes with a request through the staff listener, from the staff's console. */
export const fromConsole = { origin: staffOrigin, 'x-bank-listener': 'staff' } as const;

/** A person who is no customer, but what these roles say. */
export async function createStaff(auth: TestAuth, ...roles: string[]): Promise<Account> {
  const account = await register(auth);
  await auth.database.query('update auth.users set roles = $2 where id = $1', [account.id, roles]);
  return account;
}

/** The first half of a sign-in at the console. */
export function signInAtConsole(auth: TestAuth, account: { email: string }, changes: object = {}): Promise<Answer> {
  const body = { identifier: account.email, password, clientId: 'staff-console', ...changes };
  return post(auth, '/v1/auth/login', body, { headers: fromConsole });
}

/** The second half, by whatever is given. */
export function completeAtConsole(auth: TestAuth, proof: object): Promise<Answer> {
  return post(auth, '/v1/auth/login/verify', { clientId: 'staff-console', ...proof }, { headers: fromConsole });
}

/** Signs a member of staff in with a passkey beside the password: a session of the staff's audience at `aal2`. */
export async function staffSession(auth: TestAuth, account: { email: string }): Promise<Answer> {
  const { factors, proof } = auth.neighbours;
  auth.neighbours.factors = [passkeyFactor];
  auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
  const { body } = await signInAtConsole(auth, account);
  const half = { loginId: body.loginId, challengeId: uuidv7(), response: assertion() };
  const answer = await completeAtConsole(auth, half);
  Object.assign(auth.neighbours, { factors, proof });
  return answer;
}

/** Password and emailed code at the console: what a member of staff without a factor has. */
export async function emailedCode(auth: TestAuth, account: Account): Promise<Answer> {
  const { loginId } = (await signInAtConsole(auth, account)).body;
  const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).body;
  const code = await codeFor(auth, account.id);
  return completeAtConsole(auth, { loginId, challengeId, response: { code } });
}

/** The access token of a new member of staff. */
export async function staffToken(auth: TestAuth, ...roles: string[]): Promise<string> {
  const { status, body } = await staffSession(auth, await createStaff(auth, ...roles));
  if (status !== 200) throw new Error(`signing in as staff answered ${status} ${body.code}`);
  return body.accessToken;
}

/** What an access token says. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into claims of every shape
export function claimsOf(accessToken: string): any {
  const [, payload = ''] = accessToken.split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

/** The cookie of that name in an answer, as a request sends it. */
export function cookiePair(answer: Answer, name: string): string {
  const cookie = answer.headers.getSetCookie().find((one) => one.startsWith(`${name}=`));
  return cookie?.split(';', 1)[0] ?? '';
}

/** The token of an activation link. */
export function tokenOfLink(url: string): string {
  return new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '';
}

/** Uses an activation link, at the console. */
export function activate(auth: TestAuth, activationToken: string, changes: object = {}): Promise<Answer> {
  return post(auth, '/v1/auth/activate', { activationToken, password, ...changes }, { headers: fromConsole });
}
