import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { proofKey, until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, hosts, serve } from './hosts.ts';
import { publicOrigin, UserService } from './user-service.ts';

const offers = 'Bearer realm="payments", DPoP realm="payments", algs="ES256 EdDSA"';
const key = proofKey();

describe.each(hosts)('a service with $name', (host) => {
  let users: UserService;
  let url: string;
  let server: Server;

  beforeAll(async () => {
    users = await UserService.start();
    ({ url, server } = await serve(host.listener(users.guard)));
  });
  afterAll(async () => {
    server.close();
    await users.stop();
  });

  async function ask({ method, path }: Host['read'], headers: Record<string, string> = {}) {
    const body = method === 'POST' ? { body: '{}' } : {};
    const answer = await fetch(url + path, {
      method,
      ...body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    const { status, headers: fields } = answer;
    return { status, text: await answer.text(), challenge: fields.get('www-authenticate'), fields };
  }

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const boundToken = () => users.token({ cnf: { jkt: key.jkt } });
  const proven = (accessToken: string, { method, path }: Host['read'], nonce?: string) => ({
    authorization: `DPoP ${accessToken}`,
    dpop: key.proof({ method, url: publicOrigin + path, accessToken, nonce }),
  });

  it('lets a good token pass, and knows whose it is', async () => {
    const answer = await ask(host.read, bearer(users.token()));
    expect(answer).toMatchObject({ status: host.success[0], challenge: null });
    expect(answer.text).toContain('0198c0de-0000-7000-8000-000000000001');
  });

  it('offers both schemes to a request without a token, and says of no error (RFC 6750 §3.1)', async () => {
    const answer = await ask(host.read);
    expect(answer).toMatchObject({ status: 401, challenge: offers });
    expect(answer.fields.get('cache-control')).toBe('no-store');
    expect(JSON.parse(answer.text)).toMatchObject(
      host.name === 'Connect' ? { code: 'unauthenticated' } : { code: 'auth.token.missing', status: 401 },
    );
    expect(answer.fields.get('content-type')).toContain(host.name === 'Connect' ? 'application/json' : 'problem+json');
  });

  it.each([
    ['that has expired', () => ({ iat: Date.now() / 1000 - 400, exp: Math.floor(Date.now() / 1000) - 100 })],
    ['for another audience', () => ({ aud: 'customer' })],
    ['of another issuer', () => ({ iss: 'https://id.evil.example' })],
  ])('refuses a token %s', async (_what, claims) => {
    const answer = await ask(host.read, bearer(users.token(claims())));
    expect(answer.status).toBe(401);
    expect(answer.challenge).toContain('Bearer realm="payments", error="invalid_token"');
  });

  it('refuses a token from the moment that its session is revoked', async () => {
    const sid = randomUUID();
    const token = users.token({ sid });
    expect((await ask(host.read, bearer(token))).status).toBe(host.success[0]);
    users.revoke(sid);
    const answer = await ask(host.read, bearer(token));
    expect(answer.status).toBe(401);
    expect(answer.challenge).toContain('error="invalid_token"');
  });

  it('SR-60 takes a key-bound token neither as a bearer token nor without a proof', async () => {
    const token = boundToken();
    for (const headers of [bearer(token), { authorization: `DPoP ${token}` }]) {
      const answer = await ask(host.read, headers);
      expect(answer.status).toBe(401);
      expect(answer.challenge).toBe('DPoP realm="payments", algs="ES256 EdDSA", error="invalid_dpop_proof"');
    }
  });

  it('SR-60 asks for a nonce, takes the proof that holds it, and takes it once (RFC 9449 §9)', async () => {
    const token = boundToken();
    const asked = await ask(host.read, proven(token, host.read));
    expect(asked.status).toBe(401);
    expect(asked.challenge).toBe('DPoP realm="payments", algs="ES256 EdDSA", error="use_dpop_nonce"');
    const nonce = asked.fields.get('dpop-nonce') ?? '';
    const headers = proven(token, host.read, nonce);
    const taken = await ask(host.read, headers);
    expect(taken.status).toBe(host.success[0]);
    expect(taken.fields.get('dpop-nonce')).toBe(nonce);
    expect((await ask(host.read, headers)).status).toBe(401);
  });

  it('SR-60 refuses a proof for another request', async () => {
    const token = boundToken();
    const nonce = (await ask(host.read, proven(token, host.read))).fields.get('dpop-nonce') ?? '';
    const answer = await ask(
      host.read,
      proven(token, host.write.path === host.read.path ? { ...host.read, path: '/v1/other' } : host.write, nonce),
    );
    expect(answer.challenge).toContain('error="invalid_dpop_proof"');
  });

  it('SR-62 says what step-up would do, and lets it pass afterwards', async () => {
    const weak = await ask(host.write, bearer(users.token()));
    expect(weak.status).toBe(403);
    expect(weak.challenge).toBe(
      'Bearer realm="payments", error="insufficient_user_authentication", acr_values="aal2", max_age="300"',
    );
    const old = users.token({ acr: 'aal2', auth_time: Math.floor(Date.now() / 1000) - 301 });
    expect((await ask(host.write, bearer(old))).status).toBe(403);
    expect((await ask(host.write, bearer(users.token({ acr: 'aal2' })))).status).toBe(host.success[1]);
  });

  it('answers 503 while it cannot know what was revoked, and nothing of the token', async () => {
    const token = users.token();
    users.refillWorks = false;
    users.disconnect();
    const answer = await ask(host.read, bearer(token));
    expect(answer).toMatchObject({ status: 503, challenge: null });
    expect(answer.fields.get('retry-after')).toBe('1');
    users.refillWorks = true;
    await until(async () => (await ask(host.read, bearer(token))).status === host.success[0]);
  });
});
