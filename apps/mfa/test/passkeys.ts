import { request, type TestApp } from '@bank/composition/testing';
import { audiences, type UserId, uuidv7 } from '@bank/domain';
import { type AssertionOptions, ChallengePurpose, MfaService } from '@bank/proto/mfa';
import {
  type Assertion,
  type AuthenticatorOptions,
  type Changes,
  type CreationOptions,
  type Registration,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '@bank/testing/webauthn';
import type { AppContext } from '#context.ts';
import { auth, type Enrolled, givenSubject, pages } from './mfa-app.ts';

type App = TestApp<AppContext>;

interface Begun {
  readonly factorId: string;
  readonly options: CreationOptions & Readonly<Record<string, unknown>>;
  readonly expiresIn: number;
}

/** A token of a session that a passkey has just proved. */
export function passkeyToken(app: App, user: { readonly userId: string; readonly sessionId?: string }): string {
  return app.issuer.token({ ...user, acr: 'aal2', amr: ['swk', 'user', 'mfa'] });
}

/** Begins to enrol a passkey. */
export async function beginPasskey(app: App, token: string, body: object = {}) {
  const answer = await request(app.service, 'POST', '/v1/mfa/webauthn/options', { token, body });
  return { ...answer, body: answer.body as Begun };
}

/** Gives what an authenticator made. */
export function sendPasskey(app: App, token: string, factorId: string, response: Registration) {
  return request(app.service, 'POST', '/v1/mfa/webauthn', { token, body: { factorId, response } });
}

/** A user with a passkey, enrolled as people do it. */
export interface WithPasskey extends Enrolled {
  readonly authenticator: SoftwareAuthenticator;
  /** The id of the credential. */
  readonly id: string;
}

interface Given extends AuthenticatorOptions {
  /** Who has other factors already. */
  readonly userId?: UserId;
  readonly authenticator?: SoftwareAuthenticator;
}

/** Enrols a passkey through the API. */
export async function givenPasskey(app: App, { userId: known, ...options }: Given = {}): Promise<WithPasskey> {
  const [userId, sessionId] = [known ?? (await givenSubject(app)), uuidv7()];
  const token =
    known === undefined ? app.issuer.token({ userId, sessionId }) : passkeyToken(app, { userId, sessionId });
  const authenticator = options.authenticator ?? softwareAuthenticator(options);
  const { body } = await beginPasskey(app, token);
  const made = authenticator.create(body.options, pages.customers);
  const done = await sendPasskey(app, token, body.factorId, made);
  if (done.status !== 201) throw new Error(`the enrolment answered ${done.status}`);
  const etag = done.headers.get('etag') ?? '';
  return { userId, sessionId, factorId: body.factorId, secret: '', etag, authenticator, id: made.id };
}

const clients = new WeakMap<App, ReturnType<typeof newClient>>();
const newClient = (app: App) => app.client(MfaService, auth);

/** One client a file: each has a certificate of its own. */
function clientOf(app: App): ReturnType<typeof newClient> {
  const client = clients.get(app) ?? newClient(app);
  clients.set(app, client);
  return client;
}

/** What a passkey is asked to approve. */
export interface AskedTransaction {
  readonly transactionText: string;
  readonly transactionDigest: Uint8Array<ArrayBuffer>;
}

/** A sign-in or transaction that asks for a passkey, and how it is answered: what the authenticator makes, or that with changes. */
export async function givenPasskeyChallenge(
  app: App,
  passkey: WithPasskey,
  { bindingId = uuidv7(), transaction }: { bindingId?: string; transaction?: AskedTransaction } = {},
) {
  const client = await clientOf(app);
  const purpose = transaction === undefined ? ChallengePurpose.SIGN_IN : ChallengePurpose.TRANSACTION;
  const binding = { userId: passkey.userId, purpose, bindingId };
  const question = { ...binding, factorId: passkey.factorId, ...transaction };
  const { challengeId, options } = await client.startChallenge(question);
  const nonce = options?.nonce ?? new Uint8Array();
  const asked = toJson(options);
  const assert = (changes?: Changes) => passkey.authenticator.get(asked, pages.customers, changes);
  const send = (assertion: Assertion, changes: object = {}) =>
    client.verifyChallenge({
      ...binding,
      audience: audiences.customers,
      proof: { case: 'answer', value: { challengeId, assertion: toMessage(assertion) } },
      ...changes,
    });
  return {
    client,
    binding,
    challengeId,
    options: asked,
    nonce,
    assert,
    send,
    answer: (by?: Changes) => send(assert(by)),
  };
}

/** A sign-in of somebody who has not said who they are. */
export async function givenPasskeySignIn(app: App) {
  const client = await clientOf(app);
  const { options } = await client.startPasskeySignIn({});
  const asked = toJson(options);
  const send = (assertion: Assertion, changes: object = {}) =>
    client.verifyPasskeySignIn({
      challenge: bytesOf(asked.challenge),
      assertion: toMessage(assertion),
      audience: audiences.customers,
      signInId: uuidv7(),
      ...changes,
    });
  return { options: asked, send };
}

/** What `auth` hands on to a browser. */
export function toJson(options: AssertionOptions | undefined) {
  if (options === undefined) throw new Error('there are no options');
  const { challenge, rpId, allowCredentials, userVerification, timeoutMs: timeout } = options;
  const named = allowCredentials.map(({ credentialId, transports }) => ({
    id: Buffer.from(credentialId).toString('base64url'),
    type: 'public-key',
    transports,
  }));
  const text = Buffer.from(challenge).toString('base64url');
  return { challenge: text, rpId, allowCredentials: named, userVerification, timeout };
}

/** What `auth` makes of the browser's answer. */
export function toMessage({ rawId, response }: Assertion) {
  return {
    credentialId: bytesOf(rawId),
    clientDataJson: bytesOf(response.clientDataJSON),
    authenticatorData: bytesOf(response.authenticatorData),
    signature: bytesOf(response.signature),
    ...(response.userHandle !== undefined && { userHandle: bytesOf(response.userHandle) }),
  };
}

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64url, 'base64url'));
}
