import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, register } from './support/accounts.ts';
import { origin, startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { askPasskey, assertion, passkeyOf, passkeySignIn, verifyPasskey } from './support/passkeys.ts';
import { toldAbout } from './support/passwords.ts';
import { prover } from './support/possession.ts';
import { askForRecovery, completeRecovery } from './support/recoveries.ts';
import { claimsOf, cookiePair, fromConsole } from './support/staff.ts';

const auth = await startAuth();
/** More than the service has connections. */
const contestants = 16;

beforeEach(() => {
  auth.neighbours.verdict = 'allow';
  auth.neighbours.passkey = { kind: 'wrong' };
});

/** The account of somebody who has a passkey, which answers rightly. */
async function owner(facts: Parameters<typeof passkeyOf>[1] = {}): Promise<Account> {
  const account = await register(auth);
  auth.neighbours.passkey = passkeyOf(account, facts);
  return account;
}

async function sessionsOf({ id }: { id: string }): Promise<number> {
  return (await auth.database.query('select 1 from auth.sessions where user_id = $1', [id])).length;
}

describe('POST /v1/auth/passkey/options', () => {
  it('200 what any passkey is asked with, and names nobody', async () => {
    const { status, body } = await askPasskey(auth);
    expect([status, Object.keys(body).sort()]).toEqual([200, ['expiresIn', 'loginId', 'options']]);
    expect(body).toMatchObject({
      expiresIn: 300,
      options: { rpId: 'bank.example', allowCredentials: [], userVerification: 'required', timeout: 300_000 },
    });
  });

  it('SR-30 the challenge is new each time, has 32 bytes, and is kept for five minutes', async () => {
    const asked = [(await askPasskey(auth)).body, (await askPasskey(auth)).body];
    expect(asked[0].options.challenge).not.toBe(asked[1].options.challenge);
    const [row] = await auth.database.query<{ challenge: Buffer; seconds: string; client_id: string }>(
      `select challenge, client_id, extract(epoch from expires_at - created_at) as seconds from auth.passkey_sign_ins
        where id = $1`,
      [asked[0].loginId],
    );
    expect(row?.challenge.toString('base64url')).toBe(asked[0].options.challenge);
    expect([row?.challenge.length, Number(row?.seconds), row?.client_id]).toEqual([32, 300, 'web']);
  });

  it('422 for a client of the other listener, and 403 for a page that is none of ours', async () => {
    expect((await askPasskey(auth, { clientId: 'staff-console' })).body.code).toBe('auth.client.unknown');
    expect((await askPasskey(auth, { clientId: 'web' }, { headers: fromConsole })).status).toBe(422);
    expect((await askPasskey(auth, { clientId: 'browser' })).status).toBe(403);
  });

  it('503 while mfa is away', async () => {
    auth.neighbours.passkey = undefined;
    const { status, headers } = await askPasskey(auth);
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
  });
});

describe('POST /v1/auth/passkey/verify', () => {
  it('200 a session at aal2 by the passkey alone, on a device that is known from then on', async () => {
    const account = await owner();
    const { status, body } = await passkeySignIn(auth);
    expect(status).toBe(200);
    expect(body).toMatchObject({ acr: 'aal2', audience: 'user-service', device: { secret: expect.any(String) } });
    expect(claimsOf(body.accessToken)).toMatchObject({ sub: account.id, acr: 'aal2', amr: ['swk', 'user', 'mfa'] });
    expect((await get(auth, '/v1/auth/session', body.accessToken)).body.acr).toBe('aal2');
    const known = await auth.database.query('select 1 from auth.devices where id = $1 and known_at is not null', [
      body.device.id,
    ]);
    expect(known).toHaveLength(1);
    expect(await toldAbout(auth, account.id)).toContain('auth.sign_in.succeeded');
    const [event] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'auth.sign_in_succeeded.v1' order by id desc limit 1`,
      [account.id],
    );
    expect(event?.data).toMatchObject({ sessionId: body.sessionId, newDevice: true });
  });

  it('200 at aal3 by one that cannot leave its device, for which its maker vouches', async () => {
    await owner({ isDeviceBound: true, isAttested: true });
    const { body } = await passkeySignIn(auth);
    expect([body.acr, claimsOf(body.accessToken).amr]).toEqual(['aal3', ['hwk', 'user', 'mfa']]);
  });

  it('SR-30 mfa judges the answer to this challenge, for the pages of this audience', async () => {
    await owner();
    const { loginId, options } = (await askPasskey(auth)).body;
    const response = assertion();
    await verifyPasskey(auth, { loginId, response });
    const asked = auth.neighbours.asked.passkeys.at(-1);
    expect(asked).toMatchObject({ signInId: loginId, audience: 'user-service' });
    expect(Buffer.from(asked?.challenge ?? []).toString('base64url')).toBe(options.challenge);
    expect(asked?.assertion).toEqual({
      credentialId: response.id,
      clientDataJson: response.response.clientDataJSON,
      authenticatorData: response.response.authenticatorData,
      signature: response.response.signature,
      userHandle: response.response.userHandle,
    });
  });

  it('200 in cookies for a page, and bound to the key of a client that proves one', async () => {
    await owner();
    const page = await passkeySignIn(auth, { clientId: 'browser' }, { headers: { origin } });
    expect([page.status, page.body.refreshToken]).toEqual([200, undefined]);
    expect(cookiePair(page, '__Secure-refresh')).not.toBe('');
    const client = prover(auth);
    const { loginId } = (await askPasskey(auth)).body;
    const bound = await client.post('/v1/auth/passkey/verify', { loginId, response: assertion() });
    expect([bound.body.tokenType, claimsOf(bound.body.accessToken).cnf]).toEqual(['DPoP', { jkt: client.key.jkt }]);
  });

  it('recognises the device by its secret', async () => {
    const account = await owner();
    const { body } = await passkeySignIn(auth, { device: { secret: account.device.secret } });
    expect(body.device).toEqual({ id: account.device.id });
  });

  it('asks for nothing more where device doubts: there is nothing stronger', async () => {
    for (const verdict of ['challenge', 'unavailable'] as const) {
      await owner();
      auth.neighbours.verdict = verdict;
      expect((await passkeySignIn(auth)).status).toBe(200);
    }
  });

  it('ends a recovery that was under way', async () => {
    const account = await owner();
    await completeRecovery(auth, await askForRecovery(auth, account));
    await passkeySignIn(auth);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.cancelled second_factor');
  });

  it('422 for what is no answer of a passkey', async () => {
    const { loginId } = (await askPasskey(auth)).body;
    const other = assertion();
    const wrong = [
      {},
      { ...assertion(), rawId: other.id },
      assertion({ type: 'password' }),
      assertion({ response: { ...other.response, signature: 'not base64url!' } }),
      assertion({ response: { ...other.response, signature: 'AB' } }),
      assertion({ response: { ...other.response, userHandle: Buffer.alloc(65).toString('base64url') } }),
      assertion({ userId: uuidv7() }),
    ];
    for (const response of wrong) expect((await verifyPasskey(auth, { loginId, response })).status).toBe(422);
    expect((await verifyPasskey(auth, { response: other })).status).toBe(422);
  });

  it('503 while mfa is away: the challenge is used up, and nobody is refused for it', async () => {
    const account = await owner();
    const { loginId } = (await askPasskey(auth)).body;
    auth.neighbours.passkey = undefined;
    const { status, headers } = await verifyPasskey(auth, { loginId });
    expect([status, headers.get('retry-after')]).toEqual([503, '2']);
    auth.neighbours.passkey = passkeyOf(account);
    expect((await verifyPasskey(auth, { loginId })).body.code).toBe('auth.login.invalid');
    expect((await toldAbout(auth, account.id)).join()).not.toContain('auth.sign_in.failed');
  });
});

describe('SR-30 a challenge', () => {
  it('401 is good for one answer, right or wrong', async () => {
    const account = await owner();
    const { loginId } = (await askPasskey(auth)).body;
    auth.neighbours.passkey = { kind: 'wrong' };
    expect((await verifyPasskey(auth, { loginId })).body.code).toBe('auth.credentials.invalid');
    auth.neighbours.passkey = passkeyOf(account);
    const again = await verifyPasskey(auth, { loginId });
    expect([again.status, again.body.code]).toEqual([401, 'auth.login.invalid']);
    expect(await sessionsOf(account)).toBe(1);
  });

  it('401 is over after five minutes, is of one client, and is not what was never given out', async () => {
    const account = await owner();
    const asked = auth.neighbours.asked.passkeys.length;
    const { loginId } = (await askPasskey(auth)).body;
    expect((await verifyPasskey(auth, { loginId, clientId: 'mobile' })).body.code).toBe('auth.login.invalid');
    auth.clock.advance(301_000);
    expect((await verifyPasskey(auth, { loginId })).body.code).toBe('auth.login.invalid');
    expect((await verifyPasskey(auth, { loginId: uuidv7() })).body.code).toBe('auth.login.invalid');
    expect(auth.neighbours.asked.passkeys).toHaveLength(asked);
    expect(await sessionsOf(account)).toBe(1);
  });

  it('SR-34 is none of the second half of a sign-in', async () => {
    const { loginId } = (await askPasskey(auth)).body;
    const taken = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', taken)).body.code).toBe('auth.login.invalid');
  });

  it('of several answers at once one opens a session', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await owner();
      const { loginId } = (await askPasskey(auth)).body;
      const before = (await toldAbout(auth, account.id)).length;
      const answers = await raceOf(contestants, () => verifyPasskey(auth, { loginId }));
      expect(winners(answers).filter(({ status }) => status === 200)).toHaveLength(1);
      expect(await sessionsOf(account)).toBe(2);
      const told = (await toldAbout(auth, account.id)).slice(before);
      expect(told.filter((what) => what === 'auth.sign_in.succeeded')).toHaveLength(1);
      const rows = await auth.database.query('select consumed_at from auth.passkey_sign_ins where id = $1', [loginId]);
      expect(rows).toEqual([{ consumed_at: expect.any(Date) }]);
    }
  });
});
