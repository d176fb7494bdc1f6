import { audiences } from '@bank/domain';
import { type ProofKey, type ProofParts, proofKey, raceOf, winners } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineRoutes, ok, type Service } from '#index.ts';
import { type LogLines, logLines, testService } from './support/service.ts';
import { testProofs, testTokens } from './support/tokens.ts';

const described = { summary: 'x', tag: 'x', errors: [], responses: { 200: v.any() } } as const;

const routes = defineRoutes<null>([
  {
    ...described,
    method: 'GET',
    path: '/v1/things/:id',
    access: 'user',
    query: v.any(),
    handle: async (_ctx, { proof, actor }) => ok({ proof, kind: actor.kind }),
  },
  {
    ...described,
    method: 'POST',
    path: '/v1/tokens',
    access: 'public',
    proof: 'accepted',
    handle: async (_ctx, { proof }) => ok({ proof }),
  },
]);

const tokens = testTokens();
const key = proofKey();
const bound = tokens.mint({ cnf: { jkt: key.jkt } });
const url = 'https://api.bank.test/v1/things/1';
let service: Service;
let unproving: Service;
let log: LogLines;

beforeAll(async () => {
  await tokens.verifier.start();
  log = logLines();
  const parts = { context: null, routes, verifier: tokens.verifier, audiences: [audiences.customers] };
  const cors = { origins: ['https://app.bank.test'] };
  service = await testService({ ...parts, log, cors, proofs: testProofs() });
  unproving = await testService(parts);
});
afterAll(() => Promise.all([service.stop(), unproving.stop()]));

/** Asks at an address that is not the configured one: what a request says of its host does not count. */
function ask(headers: Record<string, string>, path = '/v1/things/1', of = service): Promise<Response> {
  return of.fetch(new Request(`http://10.0.0.7:4101${path}`, { headers }));
}

const proof = (parts: Partial<ProofParts> = {}, by: ProofKey = key) =>
  by.proof({ method: 'GET', url, accessToken: bound, nonce: 'the-nonce', ...parts });
const withProof = (dpop: string) => ({ authorization: `DPoP ${bound}`, dpop });

async function refusalOf(response: Response) {
  const { code } = (await response.json()) as { code: string };
  return { status: response.status, code, challenge: response.headers.get('www-authenticate') };
}

const unproven = {
  status: 401,
  code: 'auth.proof.invalid',
  challenge: 'DPoP realm="user-service", algs="ES256 EdDSA", error="invalid_dpop_proof"',
};

describe('SR-60 a token that is bound to a key', () => {
  it('is good with a proof for this request, whatever its query', async () => {
    for (const path of ['/v1/things/1', '/v1/things/1?a=1']) {
      const response = await ask(withProof(proof()), path);
      expect(await response.json()).toEqual({ proof: { jkt: key.jkt }, kind: 'user' });
      expect(response.headers.get('dpop-nonce')).toBe('the-nonce');
    }
    const headers = { authorization: `dpop ${bound}`, dpop: proof({ method: 'HEAD' }) };
    const request = new Request(url, { method: 'HEAD', headers });
    expect((await service.fetch(request)).status).toBe(200);
  });

  it.each<[string, () => Record<string, string>]>([
    ['as a bearer token', () => ({ authorization: `Bearer ${bound}` })],
    ['as a bearer token with a proof', () => ({ authorization: `Bearer ${bound}`, dpop: proof() })],
    ['without a proof', () => ({ authorization: `DPoP ${bound}` })],
    ['with two proofs', () => withProof(`${proof()}, ${proof()}`)],
    ['with a proof for another method', () => withProof(proof({ method: 'POST' }))],
    ['with a proof for another path', () => withProof(proof({ url: 'https://api.bank.test/v1/things/2' }))],
    ['with a proof for the host of the request', () => withProof(proof({ url: 'http://10.0.0.7:4101/v1/things/1' }))],
    ['with a proof for another token', () => withProof(proof({ accessToken: tokens.mint() }))],
    ['with a proof of another key', () => withProof(proof({}, proofKey()))],
    ['with itself as a proof', () => withProof(bound)],
  ])('is refused %s', async (_how, headers) => {
    expect(await refusalOf(await ask(headers()))).toEqual(unproven);
  });

  it('is refused with a proof that was used', async () => {
    const used = proof();
    expect((await ask(withProof(used))).status).toBe(200);
    expect(await refusalOf(await ask(withProof(used)))).toEqual(unproven);
  });

  it.each(Array.from({ length: 20 }, (_, round) => round))(
    'is taken once of 8 at once with one proof (%i)',
    async () => {
      const headers = withProof(proof());
      const statuses = winners(await raceOf(8, async () => (await ask(headers)).status));
      expect(statuses.sort()).toEqual([200, ...Array(7).fill(401)]);
    },
  );

  it('needs the nonce that the answer says', async () => {
    const response = await ask({ ...withProof(proof({ nonce: undefined })), origin: 'https://app.bank.test' });
    expect(response.headers.get('dpop-nonce')).toBe('the-nonce');
    expect(response.headers.get('access-control-expose-headers')).toContain('DPoP-Nonce');
    expect(await refusalOf(response)).toEqual({
      status: 401,
      code: 'auth.proof.nonce_required',
      challenge: 'DPoP realm="user-service", algs="ES256 EdDSA", error="use_dpop_nonce"',
    });
  });

  it('is refused where no proofs are checked', async () => {
    expect(await refusalOf(await ask(withProof(proof()), undefined, unproving))).toEqual(unproven);
  });

  it('SR-56 is refused for another audience before its proof is used up', async () => {
    const other = tokens.mint({ aud: audiences.staff, cnf: { jkt: key.jkt } });
    const dpop = proof({ accessToken: other });
    const response = await ask({ authorization: `DPoP ${other}`, dpop });
    expect(await refusalOf(response)).toMatchObject({ code: 'auth.token.invalid' });
  });

  it('SR-85 leaves no proof in the log', async () => {
    const dpop = proof();
    await ask(withProof(dpop));
    expect(JSON.stringify(log.lines)).not.toContain(dpop.slice(-40));
  });
});

describe('SR-60 a token that is not', () => {
  it('is refused as one that is', async () => {
    const token = tokens.mint();
    const dpop = proof({ accessToken: token });
    expect(await refusalOf(await ask({ authorization: `DPoP ${token}`, dpop }))).toMatchObject({
      status: 401,
      code: 'auth.token.invalid',
    });
  });

  it('is good as a bearer token, whatever proof lies beside it', async () => {
    const response = await ask({ ...tokens.headers(), dpop: 'rubbish' });
    expect(await response.json()).toEqual({ kind: 'user' });
  });
});

describe('SR-60 where tokens are given', () => {
  const give = (headers: Record<string, string>) =>
    service.fetch(new Request('http://10.0.0.7/v1/tokens', { method: 'POST', headers }));
  const alone = (parts: Partial<ProofParts> = {}) =>
    key.proof({ method: 'POST', url: 'https://api.bank.test/v1/tokens', nonce: 'the-nonce', ...parts });

  it('a proof is taken, once, and need not be there', async () => {
    const dpop = alone();
    expect(await (await give({ dpop })).json()).toEqual({ proof: { jkt: key.jkt } });
    expect(await refusalOf(await give({ dpop }))).toEqual(unproven);
    expect(await (await give({})).json()).toEqual({});
  });

  it('a wrong one is refused, and one without the nonce told of it', async () => {
    expect(await refusalOf(await give({ dpop: alone({ method: 'GET' }) }))).toEqual(unproven);
    expect(await refusalOf(await give({ dpop: '' }))).toEqual(unproven);
    const response = await give({ dpop: alone({ nonce: undefined }) });
    expect(response.headers.get('dpop-nonce')).toBe('the-nonce');
    expect(await refusalOf(response)).toMatchObject({ code: 'auth.proof.nonce_required' });
  });
});
