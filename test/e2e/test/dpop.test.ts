import { proofKey } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { acceptedTerms, freshEmail, type Tokens } from '#account.ts';
import { type Exchange, expectStatus, GatewayClient, type RequestOptions } from '#client.ts';
import { codeIn, waitForMessage } from '#inbox.ts';
import { sharedStack } from '#test-stack.ts';

const it = sharedStack();
const clientId = 'mobile';
let gateway: string;
let inboxUrl: string;

beforeAll(() => {
  const { addresses } = it.stack;
  gateway = addresses.gateway;
  inboxUrl = addresses.sandbox.http;
});

/** An app on a phone: a key of its own, and the nonce that it was told last. */
class BoundClient {
  readonly #client = new GatewayClient(gateway);
  readonly #key = proofKey();
  #nonce: string | undefined;

  headers(method: string, path: string, accessToken?: string): Record<string, string> {
    const parts = { method, url: `${gateway}${path}`, nonce: this.#nonce };
    const dpop = this.#key.proof(accessToken === undefined ? parts : { ...parts, accessToken });
    return { dpop, ...(accessToken === undefined ? {} : { authorization: `DPoP ${accessToken}` }) };
  }

  /** Sends a request with a proof, and once more with the nonce where it had none that is good. */
  async send(method: string, path: string, options: RequestOptions & { bound?: string } = {}): Promise<Exchange> {
    const { bound, headers, ...rest } = options;
    const once = async () => {
      const answer = await this.#client.send(method, path, {
        ...rest,
        headers: { ...headers, ...this.headers(method, path, bound) },
      });
      this.#nonce = answer.headers.get('dpop-nonce') ?? this.#nonce;
      return answer;
    };
    const first = await once();
    const { code } = (first.body ?? {}) as { code?: string };
    return code === 'auth.proof.nonce_required' ? await once() : first;
  }
}

interface Bound extends Tokens {
  readonly client: BoundClient;
  readonly email: string;
  readonly password: string;
}

async function register(): Promise<Bound> {
  const client = new BoundClient();
  const [email, password] = [freshEmail(), 'correct horse battery staple'];
  const started = await client.send('POST', '/v1/auth/register', { body: { email, password, acceptedTerms } });
  const { registrationId } = expectStatus<{ registrationId: string }>(started, 202);
  const code = codeIn(await waitForMessage(inboxUrl, email, 'registration-code'));
  const verified = await client.send('POST', '/v1/auth/register/verify', { body: { registrationId, code, clientId } });
  return { ...expectStatus<Tokens>(verified, 201), client, email, password };
}

/** A way into each app that customers reach. */
const doors = ['/v1/auth/session', '/v1/profile', '/v1/mfa/factors', '/v1/devices'];

describe('SR-60: a session that is bound to a key', () => {
  test('opens every app with a proof, by the nonce of any of them, and none without', { timeout: 60_000 }, async () => {
    const { client, accessToken, refreshToken } = await register();
    const bare = new GatewayClient(gateway);
    for (const path of doors) {
      await expect.poll(async () => (await client.send('GET', path, { bound: accessToken })).status).toBe(200);
      const answers = [
        await bare.send('GET', path, { token: accessToken }),
        await bare.send('GET', path, { headers: { authorization: `DPoP ${accessToken}` } }),
        await new BoundClient().send('GET', path, { bound: accessToken }),
        await bare.send('GET', path, { headers: client.headers('GET', '/v1/elsewhere', accessToken) }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    }
    // One of many requests with one proof is served, whichever replica they come to.
    const headers = client.headers('GET', '/v1/profile', accessToken);
    const replays = await Promise.all(Array.from({ length: 10 }, () => bare.send('GET', '/v1/profile', { headers })));
    expect(replays.filter(({ status }) => status === 200)).toHaveLength(1);

    const path = '/v1/auth/token/refresh';
    expectStatus(await bare.send('POST', path, { body: { refreshToken } }), 401);
    expectStatus(await new BoundClient().send('POST', path, { body: { refreshToken } }), 401);
    const renewed = expectStatus<Tokens>(await client.send('POST', path, { body: { refreshToken } }), 200);
    expectStatus(await client.send('GET', '/v1/profile', { bound: renewed.accessToken }), 200);
  });

  test('has what it asks done by another app, which sees its proof too', { timeout: 60_000 }, async () => {
    const { client, accessToken, email, password } = await register();
    const other = new BoundClient();
    const body = { identifier: email, password, clientId, device: { platform: 'android' } };
    const since = new Date();
    const login = await other.send('POST', '/v1/auth/login', { body });
    const half = expectStatus<Tokens & { loginId?: string; factors: [{ id: string }] }>(login, 200);
    let lost: Tokens = half;
    if (half.loginId !== undefined) {
      const { loginId, factors } = half;
      const challenge = { loginId, factorId: factors[0].id };
      const started = await other.send('POST', '/v1/auth/login/challenge', { body: challenge });
      const { challengeId } = expectStatus<{ challengeId: string }>(started, 200);
      const code = codeIn(await waitForMessage(inboxUrl, email, 'sign-in-code', { since }));
      const proof = { loginId, challengeId, response: { code }, clientId };
      lost = expectStatus<Tokens>(await other.send('POST', '/v1/auth/login/verify', { body: proof }), 200);
    }
    // The device service asks auth, with the user's token and proof, to end the sessions of the device.
    const path = `/v1/devices/${lost.device?.id}`;
    let etag = '';
    await expect
      .poll(async () => {
        const found = await client.send('GET', path, { bound: accessToken });
        etag = found.headers.get('etag') ?? '';
        return found.status;
      })
      .toBe(200);
    expectStatus(await client.send('DELETE', path, { bound: accessToken, headers: { 'if-match': etag } }), 204);
    const open = () => other.send('GET', '/v1/auth/session', { bound: lost.accessToken });
    await expect.poll(async () => (await open()).status).toBe(401);
    expectStatus(await client.send('GET', '/v1/auth/session', { bound: accessToken }), 200);
  });
});
