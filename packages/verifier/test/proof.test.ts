import { generateKeyPairSync } from 'node:crypto';
import { fixedClock, losers, type ProofParts, proofKey, raceOf, winners } from '@bank/testing';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { createMemoryReplayStore, createProofChecker, type ProofNonces } from '#index.ts';
import { startedAt } from './issuer.ts';

const clock = fixedClock(new Date(startedAt));
const nonces: ProofNonces = { current: () => 'nonce-of-now', accepts: (nonce) => nonce === 'nonce-of-now' };
const origins = ['https://api.bank.example', 'https://staff.bank.example'];
const checker = createProofChecker({ origins, replays: createMemoryReplayStore(), nonces, clock });
const key = proofKey();
const accessToken = 'header.payload.signature';
const request = { method: 'POST', path: '/v1/things/1', bound: { accessToken, jkt: key.jkt } };
const usual = { method: 'POST', url: 'https://api.bank.example/v1/things/1', accessToken, nonce: 'nonce-of-now' };
const invalid = { name: 'DomainError', code: 'auth.proof.invalid' };

const made = (parts: Partial<ProofParts> = {}, by = key) => by.proof({ ...usual, at: startedAt, ...parts });
const seconds = startedAt / 1000;

describe('SR-60 a proof of possession', () => {
  it('is taken by both algorithms, and names its key as RFC 7638 does', async () => {
    const edwards = proofKey('EdDSA');
    const bound = { accessToken, jkt: edwards.jkt };
    await expect(checker.check(made(), request)).resolves.toEqual({ jkt: key.jkt });
    await expect(checker.check(made({}, edwards), { ...request, bound })).resolves.toEqual({ jkt: edwards.jkt });
    for (const each of [key, edwards]) expect(each.jkt).toBe(await calculateJwkThumbprint(each.jwk));
  });

  it.each<[string, Partial<ProofParts>]>([
    ['a query and a fragment in its address', { url: `${usual.url}?a=1#b` }],
    ['its address spelled otherwise', { url: 'HTTPS://API.bank.example:443/v1/./things/1' }],
    ['the other address of the service', { url: 'https://staff.bank.example/v1/things/1' }],
    ['an age of a minute', { at: startedAt - 60_000 }],
    ['a clock ten seconds ahead', { at: startedAt + 10_000 }],
    ['claims nobody knows', { claims: { extra: 'x' } }],
    [
      'more of a public key',
      { header: { jwk: { ...key.jwk, use: 'sig', alg: 'ES256', key_ops: ['verify'], ext: true } } },
    ],
  ])('is taken with %s', async (_what, parts) => {
    await expect(checker.check(made(parts), request)).resolves.toEqual({ jkt: key.jkt });
  });

  it.each([
    [],
    ['https://api.bank.example/'],
    ['https://API.bank.example'],
    ['https://api.bank.example:443'],
    ['https://api.bank.example/v1'],
    ['api.bank.example'],
    ['null'],
    [...origins, 'https://pay.bank.example/'],
  ])('is not looked at by a checker for %s, which is refused itself', (...spelled) => {
    expect(() => createProofChecker({ origins: spelled, replays: createMemoryReplayStore() })).toThrow(RangeError);
  });

  const without = (member: string): Partial<ProofParts> => ({ claims: { [member]: undefined } });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
  const secret = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  const x = String(key.jwk['x']);

  it.each<[string, Partial<ProofParts>]>([
    ['typ of an access token', { header: { typ: 'at+jwt' } }],
    ['typ in capitals', { header: { typ: 'DPoP+JWT' } }],
    ['no typ', { header: { typ: undefined } }],
    ['alg none', { header: { alg: 'none' } }],
    ['a symmetric alg', { header: { alg: 'HS256' } }],
    ['an alg that is not the key’s', { header: { alg: 'EdDSA' } }],
    ['RSA', { header: { alg: 'RS256', jwk: rsa } }],
    ['another curve', { header: { alg: 'ES384', jwk: p384 } }],
    ['no key', { header: { jwk: undefined } }],
    ['a key that is text', { header: { jwk: JSON.stringify(key.jwk) } }],
    ['a key that did not sign', { header: { jwk: proofKey().jwk } }],
    ['a private key', { header: { jwk: secret } }],
    ['a private member', { header: { jwk: { ...key.jwk, d: x } } }],
    ['a symmetric key', { header: { jwk: { kty: 'oct', k: x } } }],
    ['a point that is on no curve', { header: { jwk: { ...key.jwk, y: x } } }],
    ['a coordinate too short', { header: { jwk: { ...key.jwk, x: x.slice(1) } } }],
    ['a kid', { header: { kid: 'k1' } }],
    ['a jku', { header: { jku: 'https://evil.example' } }],
    ['crit', { header: { crit: ['b64'], b64: false } }],
    ['no jti', without('jti')],
    ['a short jti', { claims: { jti: '1234567' } }],
    ['a jti that is a number', { claims: { jti: 12_345_678 } }],
    ['an endless jti', { claims: { jti: 'x'.repeat(129) } }],
    ['a jti with spaces', { claims: { jti: 'one two three' } }],
    ['no iat', without('iat')],
    ['an iat that is text', { claims: { iat: String(seconds) } }],
    ['an iat in milliseconds', { claims: { iat: startedAt } }],
    ['an iat of over a minute ago', { claims: { iat: seconds - 61 } }],
    ['an iat of the future', { claims: { iat: seconds + 11 } }],
    ['no htm', without('htm')],
    ['another method', { method: 'GET' }],
    ['the method in small letters', { method: 'post' }],
    ['no htu', without('htu')],
    ['another path', { url: 'https://api.bank.example/v1/things/2' }],
    ['a longer path', { url: `${usual.url}/` }],
    ['another host', { url: 'https://evil.example/v1/things/1' }],
    ['a host before ours', { url: 'https://api.bank.example@evil.example/v1/things/1' }],
    ['a name before the host', { url: 'https://me@api.bank.example/v1/things/1' }],
    ['another port', { url: 'https://api.bank.example:444/v1/things/1' }],
    ['plain text', { url: 'http://api.bank.example/v1/things/1' }],
    ['a path alone', { url: '/v1/things/1' }],
    ['no ath', without('ath')],
    ['the ath of another token', { accessToken: 'other' }],
    ['the token itself as ath', { claims: { ath: accessToken } }],
  ])('is refused with %s', async (_what, parts) => {
    await expect(checker.check(made(parts), request)).rejects.toMatchObject(invalid);
  });

  it('is refused in every other form', async () => {
    const [head, payload, signature] = made().split('.');
    const [, , other] = made().split('.');
    const forms = [
      '',
      'x',
      `${made()}, ${made()}`,
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${head}.${payload}.${other}`,
      ` ${head}.${payload}.${signature}`,
      `${head}=.${payload}.${signature}`,
      `${head}.${Buffer.from('[]').toString('base64url')}.${signature}`,
      JSON.stringify({ protected: head, payload, signature }),
      made({ claims: { more: 'x'.repeat(5000) } }),
    ];
    for (const form of forms)
      await expect(checker.check(form, request), form.slice(0, 40)).rejects.toMatchObject(invalid);
  });

  it('is refused of another key than the token’s', async () => {
    await expect(checker.check(made({}, proofKey()), request)).rejects.toMatchObject(invalid);
  });

  it('needs the nonce, and says so only when nothing else is wrong', async () => {
    const required = { code: 'auth.proof.nonce_required' };
    await expect(checker.check(made({ nonce: undefined }), request)).rejects.toMatchObject(required);
    await expect(checker.check(made({ nonce: 'of-yesterday' }), request)).rejects.toMatchObject(required);
    await expect(checker.check(made({ claims: { nonce: 1 } }), request)).rejects.toMatchObject(required);
    await expect(checker.check(made({ nonce: undefined, method: 'GET' }), request)).rejects.toMatchObject(invalid);
    expect(checker.nonce()).toBe('nonce-of-now');
  });

  it('stands without a token where none is asked for, and without a nonce where there are none', async () => {
    const plain = createProofChecker({ origins, replays: createMemoryReplayStore(), clock });
    const { method, path } = request;
    const proof = key.proof({ method, url: usual.url, at: startedAt });
    await expect(plain.check(proof, { method, path })).resolves.toEqual({ jkt: key.jkt });
    expect(plain.nonce()).toBeUndefined();
  });
});

describe('SR-60 the jti of a proof', () => {
  it('is good once', async () => {
    const proof = made();
    await checker.check(proof, request);
    await expect(checker.check(proof, request)).rejects.toMatchObject({ ...invalid, reason: 'replayed' });
    const again = made({ claims: { jti: 'chosen-by-hand' } });
    await checker.check(again, request);
    await expect(checker.check(made({ claims: { jti: 'chosen-by-hand' } }), request)).rejects.toMatchObject(invalid);
  });

  it('is another one of another key', async () => {
    const other = proofKey();
    await checker.check(made({ claims: { jti: 'of-two-keys' } }), request);
    const bound = { accessToken, jkt: other.jkt };
    const proof = made({ claims: { jti: 'of-two-keys' } }, other);
    await expect(checker.check(proof, { ...request, bound })).resolves.toEqual({ jkt: other.jkt });
  });

  it('is not used up by a proof that was refused', async () => {
    const claims = { jti: 'tried-before' };
    await expect(checker.check(made({ claims, method: 'GET' }), request)).rejects.toMatchObject(invalid);
    await expect(checker.check(made({ claims, nonce: 'old' }), request)).rejects.toMatchObject({
      code: 'auth.proof.nonce_required',
    });
    await expect(checker.check(made({ claims }), request)).resolves.toEqual({ jkt: key.jkt });
  });

  it('is kept for as long as the proof would be taken, and ten seconds more for the clocks of others', async () => {
    const kept: number[] = [];
    const replays = { claim: async (_key: string, keptSeconds: number) => kept.push(keptSeconds) > 0 };
    const noting = createProofChecker({ origins, replays, nonces, clock });
    for (const at of [startedAt + 10_000, startedAt, startedAt - 60_000]) await noting.check(made({ at }), request);
    expect(kept).toEqual([81, 71, 11]);
  });

  it('is good once between processes whose clocks differ by ten seconds', async () => {
    // What the one that is ahead keeps goes by real time, as the store's does.
    let realMs = startedAt;
    const kept = new Map<string, number>();
    const replays = {
      async claim(key: string, keptSeconds: number) {
        if ((kept.get(key) ?? 0) > realMs) return false;
        kept.set(key, realMs + keptSeconds * 1000);
        return true;
      },
    };
    const of = (offsetMs: number) =>
      createProofChecker({ origins, replays, clock: { now: () => new Date(realMs + offsetMs) } });
    const [ahead, behind] = [of(5_000), of(-5_000)];
    const proof = made({ at: startedAt });
    await ahead.check(proof, request);
    for (const seconds of [55, 57, 62, 65]) {
      realMs = startedAt + seconds * 1000;
      await expect(behind.check(proof, request)).rejects.toMatchObject({ ...invalid, reason: 'replayed' });
    }
    realMs = startedAt + 66_000;
    await expect(behind.check(proof, request)).rejects.toMatchObject({ ...invalid, reason: 'iat' });
  });

  it.each(Array.from({ length: 20 }, (_, round) => round))('of 16 at once is good once (%i)', async () => {
    const proof = made();
    const outcomes = await raceOf(16, () => checker.check(proof, request));
    expect(winners(outcomes)).toHaveLength(1);
    for (const loser of losers(outcomes)) expect(loser).toMatchObject({ reason: 'replayed' });
  });
});

describe('SR-60 a proof that was forwarded', () => {
  const bound = request.bound;

  it('is taken again and again, for any address, for two minutes', () => {
    const proof = made({ at: startedAt - 120_000, url: 'https://elsewhere.example/x', nonce: undefined });
    for (const _ of [1, 2]) expect(checker.checkForwarded(proof, bound)).toEqual({ jkt: key.jkt });
  });

  it.each<[string, Partial<ProofParts>]>([
    ['older', { at: startedAt - 121_000 }],
    ['made in the future', { at: startedAt + 11_000 }],
    ['for another token', { accessToken: 'other' }],
    ['for none', { claims: { ath: undefined } }],
    ['of another kind', { header: { typ: 'at+jwt' } }],
  ])('is refused when it is %s', (_what, parts) => {
    expect(() => checker.checkForwarded(made(parts), bound)).toThrow(expect.objectContaining(invalid));
  });

  it('is refused of another key', () => {
    expect(() => checker.checkForwarded(made({}, proofKey()), bound)).toThrow(expect.objectContaining(invalid));
  });
});
