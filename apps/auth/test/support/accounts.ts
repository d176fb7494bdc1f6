import { randomBytes } from 'node:crypto';
import { openDelivery } from '@bank/database';
import { type Email, type JsonValue, uuidv7 } from '@bank/domain';
import type { TestAuth } from './auth.ts';
import { begunRegistration } from './begun-registration.ts';
import { type Answer, post } from './http.ts';

/** A registered user with the session that the registration opened. */
export interface Account {
  id: string;
  email: string;
  password: string;
  accessToken: string;
  refreshToken: string;
  sessionId: string;
  device: { id: string; secret: string };
}

export const password = 'correct horse battery staple';

/** An address that nobody else uses. */
export function freshEmail(): string {
  return `u${randomBytes(8).toString('hex')}@mail.example`;
}

/** What a registration is asked for with. */
export function registration(email: string, changes: object = {}) {
  return { email, password, acceptedTerms: '2026-01', ...changes };
}

/** A message as it was written to the outbox, opened. */
export interface WrittenMessage {
  template: string;
  params: Readonly<Record<string, string>>;
  to: { readonly userId: string } | { readonly address: string };
}

/** What was written, by whom it is for: whoever looks takes what is new from the database and leaves the rest opened. */
class Letters {
  readonly #byRecipient = new Map<string, { readonly id: string; readonly message: WrittenMessage }[]>();
  #taking: Promise<void> = Promise.resolve();

  async to(auth: TestAuth, recipient: string): Promise<WrittenMessage[]> {
    // One after the other: what somebody else takes just now is there as well.
    this.#taking = this.#taking.then(() => this.#take(auth));
    await this.#taking;
    const written = this.#byRecipient.get(recipient) ?? [];
    return written.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ message }) => message);
  }

  async #take(auth: TestAuth): Promise<void> {
    const rows = await auth.database.query<{ id: string; data: JsonValue }>(
      'delete from kept.deliveries returning id, data',
    );
    for (const { id, data } of rows) {
      const message = openDelivery(auth.ctx.keys.delivery, id, data);
      const recipient = 'userId' in message.to ? message.to.userId : message.to.address;
      const written = this.#byRecipient.get(recipient) ?? [];
      this.#byRecipient.set(recipient, [...written, { id, message }]);
    }
  }
}

const letters = new WeakMap<TestAuth['database'], Letters>();

/** The messages that were written to an address or a user, oldest first. */
export async function messagesTo(auth: TestAuth, recipient: string): Promise<WrittenMessage[]> {
  const ofAuth = letters.get(auth.database) ?? new Letters();
  letters.set(auth.database, ofAuth);
  return await ofAuth.to(auth, recipient);
}

/** The code that was last sent to an address. */
export async function codeFor(auth: TestAuth, email: string): Promise<string> {
  const messages = await messagesTo(auth, email);
  const code = messages.findLast((message) => message.params['code'] !== undefined)?.params['code'];
  if (code === undefined) throw new Error(`no code was sent to ${email}`);
  return code;
}

/** A new user, by the second half of a registration. */
export async function register(auth: TestAuth, email = freshEmail()): Promise<Account> {
  const verified = await post(
    auth,
    '/v1/auth/register/verify',
    await begunRegistration(auth, email as Email, password),
  );
  if (verified.status !== 201) throw new Error(`registration answered ${verified.status} ${verified.body.code}`);
  const { user, accessToken, refreshToken, sessionId, device } = verified.body;
  return { id: user.id, email, password, accessToken, refreshToken, sessionId, device };
}

/** Signs in with the account's password, or another one. */
export function signIn(auth: TestAuth, account: { email: string }, changes: object = {}): Promise<Answer> {
  return post(auth, '/v1/auth/login', { identifier: account.email, password, ...changes });
}

/** Rotates a refresh token. */
export function refresh(auth: TestAuth, refreshToken: string, deviceSecret?: string): Promise<Answer> {
  const device = deviceSecret === undefined ? {} : { device: { secret: deviceSecret } };
  return post(auth, '/v1/auth/token/refresh', { refreshToken, ...device });
}

/** Steps a session up by a factor that mfa accepts, and gives its new token. */
export async function steppedUp(auth: TestAuth, token: string): Promise<string> {
  const proof = { challengeId: uuidv7(), response: { code: '123456' } };
  const { status, body } = await post(auth, '/v1/auth/step-up/verify', proof, { token });
  if (status !== 200) throw new Error(`the step-up answered ${status} ${body.code}`);
  return body.accessToken;
}
