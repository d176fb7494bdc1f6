import { type UserId, uuidv7 } from '@bank/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Colleague, colleague, signedRequest, staffCallers, staffClients } from './support/colleagues.ts';
import type { ToldFactor } from './support/factor-kinds.ts';
import { type Answer, post } from './support/http.ts';
import { passkeyFactor, totpFactor } from './support/neighbours.ts';
import { assertion, passkeyChallenge, passkeyOf, passkeySignIn, syncedPasskey } from './support/passkeys.ts';
import { completeAtConsole, emailedCode, fromConsole, signInAtConsole } from './support/staff.ts';

const auth = await startAuth({ callers: staffCallers() });
const clients = await staffClients(auth);
const admins: readonly [Colleague, Colleague] = [await colleague(auth, 'admin'), await colleague(auth, 'admin')];

type Roles = ('customer' | 'support' | 'compliance')[];

/** Gives roles, by two. */
async function give({ id }: { id: string }, ...roles: Roles): Promise<void> {
  const [maker, checker] = admins;
  const payload = { userId: id as UserId, roles: roles.toSorted() };
  const approval = await signedRequest(clients, maker, 'user.set_roles', payload);
  await clients.users.setRoles({ userId: id, roles, noteId: uuidv7(), approval }, checker.asked);
}

/** A customer who has been made a member of staff, of which mfa has not heard: it tells of what they had. */
async function promoted(had: readonly ToldFactor[]): Promise<Account> {
  const account = await register(auth);
  await give(account, 'customer', 'support');
  auth.neighbours.factors = had;
  auth.neighbours.passkey = passkeyOf(account);
  return account;
}

const minutes = (count: number) => new Date(auth.clock.now().getTime() + count * 60_000);
const passkey = (confirmedAt?: Date): ToldFactor => ({ ...passkeyFactor, confirmedAt });
const app = (confirmedAt?: Date): ToldFactor => ({ ...totpFactor, confirmedAt });
const atConsole = { headers: fromConsole } as const;

const byPasskey = () => passkeySignIn(auth, { clientId: 'staff-console' }, atConsole);
const challenge = (loginId: string, factorId: string) => post(auth, '/v1/auth/login/challenge', { loginId, factorId });

/** The kinds that are asked for after the password, and the sign-in. */
async function asked(first: Answer): Promise<{ types: string[]; loginId: string }> {
  const { factors, loginId } = first.body;
  return { types: factors.map(({ type }: { type: string }) => type), loginId };
}

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.started = passkeyChallenge;
  auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
});

describe('SR-72 at the console a customer who became staff is not let in, whatever mfa has heard,', () => {
  it.each([
    ['confirmed before', () => minutes(-1)],
    ['of which mfa does not say when', () => undefined],
  ])('by a passkey %s', async (_, confirmedAt) => {
    const account = await promoted([passkey(confirmedAt())]);
    expect((await byPasskey()).body.code).toBe('auth.credentials.invalid');
    const { types, loginId } = await asked(await signInAtConsole(auth, account));
    expect(types).toEqual(['email']);
    const answered = { loginId, challengeId: uuidv7(), response: assertion() };
    expect((await completeAtConsole(auth, answered)).status).toBe(401);
  });

  it('by a passkey that mfa does not list', async () => {
    await promoted([passkey(minutes(1))].map((factor) => ({ ...factor, id: uuidv7() })));
    expect((await byPasskey()).status).toBe(401);
  });

  it('by an older passkey beside one of now', async () => {
    const own = { ...passkey(minutes(1)), id: uuidv7() };
    const account = await promoted([passkey(minutes(-1)), own]);
    const { factors, loginId } = (await signInAtConsole(auth, account)).body;
    expect(factors).toEqual([{ id: own.id, type: 'webauthn', hint: '' }]);
    const refused = await challenge(loginId, passkeyFactor.id);
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.login.invalid']);
    expect((await challenge(loginId, own.id)).status).toBe(200);
    const answered = { loginId, challengeId: uuidv7(), response: assertion() };
    expect((await completeAtConsole(auth, answered)).body.audience).toBe('user-service-staff');
  });

  it('by an app of before, not to enrol either: a code by mail does that, at aal1', async () => {
    const account = await promoted([app(minutes(-1))]);
    const first = await asked(await signInAtConsole(auth, account));
    expect(first.types).toEqual(['email']);
    expect((await challenge(first.loginId, totpFactor.id)).status).toBe(401);
    expect((await emailedCode(auth, account)).body).toMatchObject({ audience: 'enrolment', acr: 'aal1' });
  });

  it('and not on the word of nobody: 503 while mfa is away', async () => {
    await promoted([]);
    auth.neighbours.factors = undefined;
    expect((await byPasskey()).status).toBe(503);
  });
});

describe('SR-72 nor does what they had open the way to another factor on the pages of customers', () => {
  it('by a sign-in', async () => {
    const account = await promoted([passkey(minutes(-1))]);
    expect((await passkeySignIn(auth)).status).toBe(401);
    const { types, loginId } = await asked(await signIn(auth, account));
    expect(types).toEqual(['webauthn']);
    expect((await challenge(loginId, passkeyFactor.id)).status).toBe(401);
  });

  it('by a step-up', async () => {
    const account = await promoted([]);
    const token = (await signIn(auth, account)).body.accessToken;
    const ask = (factorId: string) => post(auth, '/v1/auth/step-up/challenge', { factorId }, { token });
    auth.neighbours.factors = [passkey(minutes(-1))];
    const refused = await ask(passkeyFactor.id);
    expect([refused.status, refused.body.code]).toEqual([404, 'factor.not_found']);
    auth.neighbours.factors = [passkey(minutes(1))];
    expect((await ask(passkeyFactor.id)).status).toBe(200);
  });
});

describe('SR-72 what they have enrolled since lets them in', () => {
  it('by itself, and after another change among roles of staff', async () => {
    const account = await promoted([passkey(minutes(1))]);
    expect((await byPasskey()).status).toBe(200);
    auth.clock.advance(120_000);
    await give(account, 'compliance');
    expect((await byPasskey()).status).toBe(200);
  });

  it('and not any more once they were a customer in between', async () => {
    const account = await promoted([passkey(minutes(1))]);
    auth.clock.advance(120_000);
    await give(account, 'customer');
    await give(account, 'support');
    expect((await byPasskey()).status).toBe(401);
  });
});

it('who was staff before that moment was kept, and customers, are asked for what they have', async () => {
  const account = await register(auth);
  auth.neighbours.factors = [passkeyFactor];
  auth.neighbours.passkey = passkeyOf(account);
  expect((await passkeySignIn(auth)).status).toBe(200);
  await auth.database.query(`update auth.users set roles = '{support}' where id = $1`, [account.id]);
  await give(account, 'compliance');
  expect((await byPasskey()).status).toBe(200);
});
