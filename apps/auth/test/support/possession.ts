import { type ProofKey, type ProofParts, proofKey } from '@bank/testing';
import { type Account, codeFor, freshEmail, registration } from './accounts.ts';
import { basics, type TestAuth } from './auth.ts';
import { type Answer, post, type RequestOptions, send } from './http.ts';

/** A client with a key of its own, which it proves with each request (DPoP, RFC 9449). */
export interface Prover {
  readonly key: ProofKey;
  /** The headers of a request: the proof, and the token it comes with. */
  headers(method: string, path: string, accessToken?: string, parts?: Partial<ProofParts>): Record<string, string>;
  /** POST with a proof and no token, as where tokens are given. */
  post(path: string, body: object, options?: RequestOptions): Promise<Answer>;
  /** A request with a bound token and its proof. */
  send(method: string, path: string, accessToken: string, body?: object): Promise<Answer>;
}

/** A client with a new key. It has the nonce of the moment. */
export function prover(auth: TestAuth): Prover {
  const key = proofKey();
  const headers: Prover['headers'] = (method, path, accessToken, parts = {}) => ({
    ...(accessToken === undefined ? {} : { authorization: `DPoP ${accessToken}` }),
    dpop: key.proof({
      method,
      url: `${basics.TOKEN_ISSUER}${path}`,
      nonce: auth.ctx.proofs.nonce(),
      at: auth.clock.now().getTime(),
      ...(accessToken === undefined ? {} : { accessToken }),
      ...parts,
    }),
  });
  return {
    key,
    headers,
    post: (path, body, options = {}) =>
      post(auth, path, body, { ...options, headers: { ...headers('POST', path), ...options.headers } }),
    send: (method, path, accessToken, body) =>
      send(auth, method, path, body, { headers: headers(method, path, accessToken) }),
  };
}

/** Registers a new user whose first session is bound to the client's key. */
export async function registerBound(auth: TestAuth, client: Prover, clientId = 'mobile'): Promise<Account> {
  const email = freshEmail();
  const { body } = await post(auth, '/v1/auth/register', registration(email));
  const request = { registrationId: body.registrationId, code: await codeFor(auth, email), clientId };
  const verified = await client.post('/v1/auth/register/verify', request);
  if (verified.status !== 201) throw new Error(`registration answered ${verified.status} ${verified.body.code}`);
  const { user, accessToken, refreshToken, sessionId, device } = verified.body;
  return { id: user.id, email, password: 'correct horse battery staple', accessToken, refreshToken, sessionId, device };
}
