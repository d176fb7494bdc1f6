import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { loadClients } from '#features/client/load-clients.ts';
import { freshEmail, messagesTo, password, refresh, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post, send } from './support/http.ts';
import { passkeyFactor, totpFactor } from './support/neighbours.ts';
import { assertion, syncedPasskey } from './support/passkeys.ts';
import { type Prover, prover, registerBound } from './support/possession.ts';
import { claimsOf, completeAtConsole, createStaff, fromConsole } from './support/staff.ts';

const auth = await startAuth();
const refreshPath = '/v1/auth/token/refresh';

await auth.database.query(
  `insert into auth.clients (id, audience, token_delivery, listener, idle_seconds, absolute_seconds, dpop_policy)
    values ('never-bound', 'user-service', 'body', 'public', 900, 43200, 'none'),
      ('always-bound', 'user-service', 'body', 'public', 900, 43200, 'required')`,
);
await loadClients(auth.ctx);

function signInBound(client: Prover, account: { email: string }, clientId: string) {
  return client.post('/v1/auth/login', { identifier: account.email, password, clientId });
}

async function endReasonOf(sessionId: string): Promise<unknown> {
  const [row] = await auth.database.query('select end_reason from auth.sessions where id = $1', [sessionId]);
  return row?.['end_reason'];
}

describe('SR-60 the policy of a client', () => {
  it('required: no tokens without a proof, on any way to them, whatever the password', async () => {
    const account = await register(auth);
    const required = { clientId: 'always-bound' };
    const answers = [
      await signIn(auth, account, required),
      await signIn(auth, account, { ...required, password: 'wrong wrong wrong' }),
      await signIn(auth, { email: freshEmail() }, required),
      await post(auth, '/v1/auth/login/verify', {
        loginId: uuidv7(),
        recoveryCode: 'AAAA-BBBB-CCCC-DDDD',
        ...required,
      }),
      await post(auth, '/v1/auth/register/verify', { registrationId: uuidv7(), code: '123456', ...required }),
    ];
    for (const { status, body } of answers) expect([status, body.code]).toEqual([401, 'auth.proof.invalid']);
    expect(answers[0]?.headers.get('www-authenticate')).toBe(
      'DPoP realm="user-service", algs="ES256 EdDSA", error="invalid_dpop_proof"',
    );
  });

  it('required: with one they are bound to its key', async () => {
    const [account, client] = [await register(auth), prover(auth)];
    const { status, body } = await signInBound(client, account, 'always-bound');
    expect([status, body.tokenType]).toEqual([200, 'DPoP']);
    expect(claimsOf(body.accessToken).cnf).toEqual({ jkt: client.key.jkt });
  });

  it('optional: bound with a proof, bearer tokens without', async () => {
    const [account, client] = [await register(auth), prover(auth)];
    const bound = await signInBound(client, account, 'mobile');
    expect([bound.body.tokenType, claimsOf(bound.body.accessToken).cnf.jkt]).toEqual(['DPoP', client.key.jkt]);
    const plain = await signIn(auth, account, { clientId: 'mobile' });
    expect([plain.body.tokenType, claimsOf(plain.body.accessToken).cnf]).toEqual(['Bearer', undefined]);
  });

  it('none: never bound', async () => {
    const [account, client] = [await register(auth), prover(auth)];
    const { body } = await signInBound(client, account, 'never-bound');
    expect([body.tokenType, claimsOf(body.accessToken).cnf]).toEqual(['Bearer', undefined]);
    expect((await get(auth, '/v1/auth/session', body.accessToken)).status).toBe(200);
  });

  it('required from now on: a session of before is not renewed', async () => {
    const account = await register(auth);
    const { body } = await signIn(auth, account, { clientId: 'mobile' });
    const client = prover(auth);
    const registry = auth.ctx.clientRegistry.find('mobile');
    await auth.database.query(`update auth.clients set dpop_policy = 'required' where id = 'mobile'`);
    await loadClients(auth.ctx);
    const { refreshToken } = body;
    expect((await refresh(auth, refreshToken)).body.code).toBe('auth.proof.invalid');
    expect((await client.post(refreshPath, { refreshToken })).body.code).toBe('auth.proof.invalid');
    await auth.database.query('update auth.clients set dpop_policy = $1 where id = $2', [
      registry?.dpopPolicy,
      'mobile',
    ]);
    await loadClients(auth.ctx);
    expect((await refresh(auth, refreshToken)).status).toBe(200);
  });

  it('says which nonce it wants, before anybody is told apart', async () => {
    const client = prover(auth);
    const path = '/v1/auth/login';
    const headers = client.headers('POST', path, undefined, { nonce: undefined });
    const body = { identifier: freshEmail(), password, clientId: 'always-bound' };
    const answer = await post(auth, path, body, { headers });
    expect([answer.status, answer.body.code]).toEqual([401, 'auth.proof.nonce_required']);
    expect(answer.headers.get('dpop-nonce')).toBe(auth.ctx.proofs.nonce());
    expect(answer.headers.get('www-authenticate')).toContain('error="use_dpop_nonce"');
  });
});

describe('SR-60 a bound access token', () => {
  it('is good with a proof, and refused as a bearer token, without one, and with another key’s', async () => {
    const client = prover(auth);
    const { accessToken, sessionId } = await registerBound(auth, client);
    const path = '/v1/auth/session';
    expect((await client.send('GET', path, accessToken)).body).toMatchObject({ id: sessionId });
    const refused = [
      await get(auth, path, accessToken),
      await prover(auth).send('GET', path, accessToken),
      await post(auth, '/v1/auth/logout', undefined, { headers: { authorization: `DPoP ${accessToken}` } }),
      await post(auth, '/v1/auth/logout', undefined, {
        headers: client.headers('GET', '/v1/auth/logout', accessToken),
      }),
    ];
    for (const { status, body } of refused) expect([status, body.code]).toEqual([401, 'auth.proof.invalid']);
  });

  describe('at the question of a gateway', () => {
    const target = '/v1/payments?page=2';
    const original = { 'x-original-method': 'POST', 'x-original-uri': target };
    const ask = (headers: Record<string, string>) =>
      send(auth, 'GET', '/authorize?audience=user-service', undefined, { headers });

    it('is good once, with the proof of the request that the gateway holds', async () => {
      const client = prover(auth);
      const { accessToken, id } = await registerBound(auth, client);
      const headers = { ...client.headers('POST', '/v1/payments', accessToken), ...original };
      const answer = await ask(headers);
      expect([answer.status, answer.headers.get('x-internal-user-id')]).toEqual([204, id]);
      expect(answer.headers.get('dpop-nonce')).toBe(auth.ctx.proofs.nonce());
      expect(await ask(headers)).toMatchObject({ status: 401, body: { code: 'auth.proof.invalid' } });
    });

    it('is refused without its proof, with another key’s, and for another request', async () => {
      const client = prover(auth);
      const { accessToken } = await registerBound(auth, client);
      const right = client.headers('POST', '/v1/payments', accessToken);
      const refused = [
        await get(auth, '/authorize?audience=user-service', accessToken),
        await ask({ authorization: `DPoP ${accessToken}`, ...original }),
        await ask({ ...prover(auth).headers('POST', '/v1/payments', accessToken), ...original }),
        await ask({ ...right, ...original, 'x-original-method': 'DELETE' }),
        await ask({ ...right, ...original, 'x-original-uri': '/v1/payees' }),
        // A gateway that does not tell, also where the proof is for the question itself.
        await ask(right),
        await ask(client.headers('GET', '/authorize', accessToken)),
      ];
      for (const { status, body } of refused) expect([status, body.code]).toEqual([401, 'auth.proof.invalid']);
    });

    it('is told the nonce that is missing', async () => {
      const client = prover(auth);
      const { accessToken } = await registerBound(auth, client);
      const headers = client.headers('POST', '/v1/payments', accessToken, { nonce: undefined });
      const { status, body, headers: fields } = await ask({ ...headers, ...original });
      expect([status, body.code]).toEqual([401, 'auth.proof.nonce_required']);
      expect(fields.get('dpop-nonce')).toBe(auth.ctx.proofs.nonce());
      expect(fields.get('www-authenticate')).toContain('error="use_dpop_nonce"');
    });

    it('an unbound token with a proof is none of these', async () => {
      const { accessToken } = await register(auth);
      const headers = prover(auth).headers('POST', '/v1/payments', accessToken);
      const answer = await ask({ ...headers, ...original });
      expect([answer.status, answer.body.code]).toEqual([401, 'auth.token.invalid']);
    });
  });

  it('stays bound through the second half of a sign-in and a step-up', async () => {
    const client = prover(auth);
    const account = await registerBound(auth, client);
    const challenge = { challengeId: uuidv7(), response: { code: '123456' } };
    const stepped = await client.send('POST', '/v1/auth/step-up/verify', account.accessToken, challenge);
    expect([stepped.body.tokenType, stepped.body.acr]).toEqual(['DPoP', 'aal2']);
    expect(claimsOf(stepped.body.accessToken).cnf).toEqual({ jkt: client.key.jkt });
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signInBound(client, account, 'mobile')).body;
    auth.neighbours.factors = [];
    const half = { loginId, ...challenge, clientId: 'mobile' };
    expect((await client.post('/v1/auth/login/verify', half)).body).toMatchObject({ tokenType: 'DPoP', acr: 'aal2' });
  });

  it('is what staff get for a proof at their console', async () => {
    const [account, client] = [await createStaff(auth, 'support'), prover(auth)];
    auth.neighbours.factors = [passkeyFactor];
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    const body = { identifier: account.email, password, clientId: 'staff-console' };
    const { loginId } = (await client.post('/v1/auth/login', body, { headers: fromConsole })).body;
    auth.neighbours.factors = [];
    const half = { loginId, challengeId: uuidv7(), response: assertion() };
    const path = '/v1/auth/login/verify';
    const headers = { ...fromConsole, ...client.headers('POST', path) };
    const signedIn = await post(auth, path, { ...half, clientId: 'staff-console' }, { headers });
    expect(signedIn.body.tokenType).toBe('DPoP');
    expect((await completeAtConsole(auth, half)).status).toBe(401);
    const session = '/v1/auth/session';
    const proved = { ...fromConsole, ...client.headers('GET', session, signedIn.body.accessToken) };
    expect((await send(auth, 'GET', session, undefined, { headers: proved })).body.acr).toBe('aal2');
  });
});

describe('SR-60 the refresh token of a bound session', () => {
  it('gives bound tokens for a proof of its key', async () => {
    const client = prover(auth);
    const { refreshToken } = await registerBound(auth, client);
    const { status, body } = await client.post(refreshPath, { refreshToken });
    expect([status, body.tokenType]).toEqual([200, 'DPoP']);
    expect(claimsOf(body.accessToken).cnf).toEqual({ jkt: client.key.jkt });
  });

  it('does nothing for whoever has it alone, before and after it was used, and nobody is signed out', async () => {
    const [client, thief] = [prover(auth), prover(auth)];
    const account = await registerBound(auth, client);
    const { refreshToken, device, sessionId } = account;
    const tries = async () => [
      await refresh(auth, refreshToken, device.secret),
      await thief.post(refreshPath, { refreshToken, device: { secret: device.secret } }),
    ];
    for (const { status, body } of await tries()) expect([status, body.code]).toEqual([401, 'auth.proof.invalid']);
    const { body: next } = await client.post(refreshPath, { refreshToken });
    for (const { body } of await tries()) expect(body.code).toBe('auth.proof.invalid');
    expect(await endReasonOf(sessionId)).toBeNull();
    expect((await client.post(refreshPath, { refreshToken: next.refreshToken })).status).toBe(200);
  });

  it('SR-50 gives the same successor again to its key, without any device secret', async () => {
    const client = prover(auth);
    const { refreshToken } = await registerBound(auth, client);
    const first = await client.post(refreshPath, { refreshToken });
    const again = await client.post(refreshPath, { refreshToken });
    expect([again.status, again.body.refreshToken]).toEqual([200, first.body.refreshToken]);
  });

  it('SR-49 ends the session when its holder uses it again late', async () => {
    const client = prover(auth);
    const account = await registerBound(auth, client);
    const { refreshToken, sessionId } = account;
    await client.post(refreshPath, { refreshToken });
    auth.clock.advance(10_100);
    expect((await client.post(refreshPath, { refreshToken })).body.code).toBe('auth.refresh.invalid');
    expect(await endReasonOf(sessionId)).toBe('token_reuse');
    expect((await messagesTo(auth, account.id)).at(-1)?.template).toBe('refresh-token-reuse');
  });

  it.each(Array.from({ length: 20 }, (_, round) => round))(
    'SR-50 by 8 at once, with a proof each or the same one, has one lineage (%i)',
    async () => {
      const client = prover(auth);
      const { refreshToken, sessionId } = await registerBound(auth, client);
      const same = client.headers('POST', refreshPath);
      const answers = winners(
        await raceOf(8, (number) =>
          number < 4
            ? client.post(refreshPath, { refreshToken })
            : post(auth, refreshPath, { refreshToken }, { headers: same }),
        ),
      );
      const good = answers.filter(({ status }) => status === 200);
      // Each of the four has its own proof; of the four with one proof the first is taken.
      expect(good).toHaveLength(5);
      expect(new Set(good.map(({ body }) => body.refreshToken)).size).toBe(1);
      const rows = await auth.database.query('select 1 from auth.refresh_tokens where session_id = $1', [sessionId]);
      expect(rows).toHaveLength(2);
    },
  );

  it('leaves an unbound session unbound, whatever proof comes with it', async () => {
    const [account, client] = [await register(auth), prover(auth)];
    const { body } = await client.post(refreshPath, { refreshToken: account.refreshToken });
    expect([body.tokenType, claimsOf(body.accessToken).cnf]).toEqual(['Bearer', undefined]);
  });
});
