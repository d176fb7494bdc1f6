import { uuidv7 } from '@bank/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeFor, messagesTo, password, signIn } from './support/accounts.ts';
import { type Answer, get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { accountWithPhone } from './support/phones.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { createStaff, signInAtConsole } from './support/staff.ts';

const auth = await sharedAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.verdict = 'allow';
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

/** What a sign-in comes to: tokens at a level, what is asked for, or a refusal. */
function comesTo({ status, body }: Answer): string {
  if (status === 200) return body.status === undefined ? body.acr : `asks for ${body.factors[0].type}`;
  return body.code;
}

async function told(subject: string): Promise<string[]> {
  const rows = await auth.database.query<{ what: string }>(
    `select concat_ws(' ', coalesce(data->>'action', type), data->>'reason') as what from auth.outbox
      where subject = $1 and destination <> 'deliveries' order by id`,
    [subject],
  );
  return rows.map(({ what }) => what);
}

const denied = 'auth.credentials.invalid';

describe('what device says of a sign-in', () => {
  it.each([
    // verdict, without a factor, with an app, staff with an app alone, staff without anything
    ['allow', 'aal1', 'asks for totp', 'asks for totp', 'asks for email'],
    ['challenge', 'asks for email', 'asks for totp', 'asks for totp', 'asks for email'],
    ['unavailable', 'asks for email', 'asks for totp', 'asks for totp', 'asks for email'],
    ['deny', denied, denied, denied, denied],
  ] as const)('%s, on every path', async (verdict, without, withFactor, staff, staffWithout) => {
    const [customer, member] = [await accountWithPhone(auth), await createStaff(auth, 'support')];
    auth.neighbours.verdict = verdict;
    const byAddress = () => signIn(auth, customer);
    const byNumber = () => post(auth, '/v1/auth/login', { identifier: customer.phone, password });
    const onKnownDevice = () => signIn(auth, customer, { device: { secret: customer.device.secret } });
    for (const path of [byAddress, byNumber, onKnownDevice]) expect(comesTo(await path())).toBe(without);
    expect(comesTo(await signInAtConsole(auth, member))).toBe(staffWithout);
    await auth.database.query('delete from auth.lockouts');
    auth.neighbours.factors = [totpFactor];
    for (const path of [byAddress, byNumber, onKnownDevice]) expect(comesTo(await path())).toBe(withFactor);
    expect(comesTo(await signInAtConsole(auth, member))).toBe(staff);
  });

  it('allow leaves an unknown device unknown; the code of a challenge makes it known', async () => {
    const account = await accountWithPhone(auth);
    const known = async (id: string) =>
      (await auth.database.query('select 1 from auth.devices where id = $1 and known_at is not null', [id])).length;
    const { body: allowed } = await signIn(auth, account);
    expect(await known(allowed.device.id)).toBe(0);
    auth.neighbours.verdict = 'challenge';
    const { loginId } = (await signIn(auth, account)).body;
    const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).body;
    const response = { code: await codeFor(auth, account.id) };
    const { body: proven } = await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response });
    expect([proven.acr, await known(proven.device.id)]).toEqual(['aal1', 1]);
  });

  it('challenge and a factor give aal2', async () => {
    const account = await accountWithPhone(auth);
    auth.neighbours.factors = [totpFactor];
    auth.neighbours.verdict = 'challenge';
    const { loginId } = (await signIn(auth, account)).body;
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    const { body } = await post(auth, '/v1/auth/login/verify', proof);
    expect(body.acr).toBe('aal2');
    expect((await get(auth, '/v1/auth/session', body.accessToken)).status).toBe(200);
  });

  it('is not asked of a second half: a verdict that changes meanwhile stops nobody who proves who they are', async () => {
    const account = await accountWithPhone(auth);
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.verdict = 'deny';
    const asked = auth.neighbours.asked.device.length;
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', proof)).status).toBe(200);
    expect(auth.neighbours.asked.device.length).toBe(asked);
  });
});

describe('a sign-in that is denied', () => {
  it('SR-20, SR-86 with the right password is told to the user, the house and the ledger', async () => {
    const account = await accountWithPhone(auth);
    auth.neighbours.verdict = 'deny';
    expect((await signIn(auth, account)).status).toBe(401);
    const { template } = (await messagesTo(auth, account.id)).at(-1) ?? {};
    expect(template).toBe('sign-in-denied');
    expect(await told(account.id)).toEqual(
      expect.arrayContaining(['auth.sign_in.failed risk', 'auth.sign_in_failed.v1 SIGN_IN_FAILURE_REASON_RISK']),
    );
    const sessions = await auth.database.query('select 1 from auth.sessions where user_id = $1', [account.id]);
    expect(sessions).toHaveLength(1);
  });

  it('with a wrong one is a wrong one, and the user hears nothing', async () => {
    const account = await accountWithPhone(auth);
    auth.neighbours.verdict = 'deny';
    const before = (await messagesTo(auth, account.id)).length;
    expect((await signIn(auth, account, { password: 'not the right one' })).status).toBe(401);
    expect(await messagesTo(auth, account.id)).toHaveLength(before);
    expect(await told(account.id)).toContain('auth.sign_in.failed credentials');
  });

  it('SR-11 counts as a failure, also on a device that is known', async () => {
    const account = await accountWithPhone(auth);
    auth.neighbours.verdict = 'deny';
    const device = { secret: account.device.secret };
    for (let tries = 0; tries < 5; tries += 1) expect((await signIn(auth, account, { device })).status).toBe(401);
    auth.neighbours.verdict = 'allow';
    expect((await signIn(auth, account, { device })).body.code).toBe('auth.credentials.locked');
    expect((await signIn(auth, account)).status).toBe(200);
  });
});
