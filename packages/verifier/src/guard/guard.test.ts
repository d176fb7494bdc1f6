import { DomainError } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { createGuard, type GuardOptions } from '#guard/guard.ts';
import type { GuardedRequest } from '#guard/request.ts';
import type { ProofDemand } from '#proof/claims.ts';
import type { AccessClaims } from '#token/access-claims.ts';

const jkt = 'x'.repeat(43);
const now = new Date('2026-01-01T00:00:00Z');
const claims = {
  sub: 'user',
  acr: 'aal1',
  amr: ['pwd', 'device'],
  authTime: now.getTime() / 1000 - 60,
} as unknown as AccessClaims;
const clock = { now: () => now };
const get = (headers: GuardedRequest['headers'], url = '/v1/a'): GuardedRequest => ({ method: 'GET', url, headers });
const good = get({ authorization: 'Bearer a.b.c' });

function guardOf(outcome: AccessClaims | Error, proofs?: GuardOptions['proofs']) {
  const verify = async () => {
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return createGuard({ verifier: { verify }, clock, ...(proofs && { proofs }) });
}

describe('a guard without proofs', () => {
  it('offers no scheme that it cannot check, and no realm that it has not', async () => {
    const missing = await guardOf(claims).admit(get({}));
    expect(missing).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    const invalid = await guardOf(new DomainError('auth.token.invalid')).admit(good);
    expect(invalid).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  });

  it('refuses a key-bound token, with a proof as well', async () => {
    const headers = { authorization: 'DPoP a.b.c', dpop: 'a.b.c' };
    const refused = await guardOf({ ...claims, cnf: { jkt } }).admit(get(headers));
    expect(refused).toMatchObject({ kind: 'refused', status: 401, error: { reason: 'proofs are not checked here' } });
    expect(refused.headers).toEqual({
      'cache-control': 'no-store',
      'www-authenticate': 'Bearer error="invalid_token"',
    });
  });
});

describe('header fields', () => {
  it.each<[string, GuardedRequest['headers']]>([
    ['Headers', new Headers({ Authorization: 'Bearer a.b.c' })],
    ['an object', { authorization: 'Bearer a.b.c' }],
    ['an object with a field named get', { authorization: 'Bearer a.b.c', get: 'x' }],
    ['another spelling of the scheme', { authorization: 'bEARER  a.b.c ' }],
  ])('are read from %s', async (_what, headers) => {
    expect(await guardOf(claims).admit(get(headers))).toEqual({ kind: 'admitted', claims, headers: {} });
  });

  it.each([['Basic YTpi'], ['Bearer'], ['a.b.c'], ['']])('are refused as "%s"', async (authorization) => {
    expect(await guardOf(claims).admit(get({ authorization }))).toMatchObject({
      problem: { code: 'auth.token.invalid' },
    });
  });
});

describe('SR-60 a proof', () => {
  it.each([
    ['/v1/a?b=c', '/v1/a?b=c'],
    ['https://api.bank.example/v1/a?b=c', '/v1/a'],
    ['//evil.example/v1/a', '//evil.example/v1/a'],
    ['v1/a', ''],
  ])('of a request for %s has to be for the path %s', async (url, path) => {
    const demands: ProofDemand[] = [];
    const check = async (_proof: string, demand: ProofDemand) => {
      demands.push(demand);
      return { jkt };
    };
    const guard = guardOf({ ...claims, cnf: { jkt } }, { check, nonce: () => undefined });
    await guard.admit(get({ authorization: 'DPoP a.b.c', dpop: ['d.e.f', 'g.h.i'] }, url));
    expect(demands).toEqual([{ method: 'GET', path, bound: { accessToken: 'a.b.c', jkt } }]);
  });

  it('that comes twice is one that nobody can have made', async () => {
    const proofs: string[] = [];
    const check = async (proof: string) => {
      proofs.push(proof);
      throw new DomainError('auth.proof.invalid');
    };
    const guard = guardOf({ ...claims, cnf: { jkt } }, { check, nonce: () => 'n' });
    const headers = { authorization: 'DPoP a.b.c', dpop: ['d.e.f', 'g.h.i'] };
    expect(await guard.admit(get(headers))).toMatchObject({ status: 401, headers: { 'dpop-nonce': 'n' } });
    expect(proofs).toEqual(['d.e.f, g.h.i']);
  });

  it('for a token that is bound to no key makes it no better', async () => {
    const guard = guardOf(claims, { check: async () => ({ jkt }), nonce: () => undefined });
    const refused = await guard.admit(get({ authorization: 'DPoP a.b.c', dpop: 'd.e.f' }));
    expect(refused).toMatchObject({ status: 401, problem: { code: 'auth.token.invalid' } });
  });
});

describe('SR-62 a step-up', () => {
  it.each([
    [{}, 'admitted'],
    [{ acr: 'aal1' }, 'admitted'],
    [{ maxAgeSeconds: 60 }, 'admitted'],
    [{ acr: 'aal2' }, 'refused'],
    [{ maxAgeSeconds: 59 }, 'refused'],
  ] as const)('is asked for by %j when it is: %s', async (demand, kind) => {
    expect(await guardOf(claims).admit(good, demand)).toMatchObject({ kind });
  });

  it.each([
    [['pwd'], 'refused'],
    [['pwd', 'otp'], 'admitted'],
    [['swk'], 'admitted'],
  ] as const)('of an age is none by a password alone: %j is %s', async (amr, kind) => {
    const guard = guardOf({ ...claims, amr });
    expect(await guard.admit(good, { maxAgeSeconds: 300 })).toMatchObject({ kind });
    expect(await guard.admit(good, { acr: 'aal1', maxAgeSeconds: 300 })).toMatchObject({ kind });
    expect(await guard.admit(good, { acr: 'aal1' })).toMatchObject({ kind: 'admitted' });
  });

  it('is told in the scheme of the request, in its challenge and its body', async () => {
    const proofs = { check: async () => ({ jkt }), nonce: () => 'n' };
    const guard = guardOf({ ...claims, cnf: { jkt } }, proofs);
    const refused = await guard.admit(get({ authorization: 'DPoP a.b.c', dpop: 'd.e.f' }), { acr: 'aal2' });
    const challenge = 'DPoP algs="ES256 EdDSA", error="insufficient_user_authentication", acr_values="aal2"';
    expect(refused).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': challenge, 'dpop-nonce': 'n' },
      problem: { type: 'urn:bank:problem:auth.step_up.required', title: 'Forbidden', status: 403, acr: 'aal2' },
    });
    expect(refused).not.toHaveProperty('problem.maxAgeSeconds');
  });
});

it('says when to come again while nothing can be known', async () => {
  const refused = await guardOf(new DomainError('service.unavailable', { reason: 'x' })).admit(good);
  expect(refused).toMatchObject({ status: 503, problem: { retryAfterSeconds: 1 } });
  expect(refused.headers).toEqual({ 'cache-control': 'no-store', 'retry-after': '1' });
});

it('passes on what nobody expected', async () => {
  await expect(guardOf(new TypeError('a fault')).admit(good)).rejects.toThrow('a fault');
});
