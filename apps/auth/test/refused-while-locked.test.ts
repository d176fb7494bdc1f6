import { raceOf } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type Account, freshEmail, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';

const auth = await startAuth();
const wrong = { password: 'not the right one' };

async function fail(account: { email: string }, count: number, changes: object = {}): Promise<void> {
  for (let tries = 0; tries < count; tries += 1) await signIn(auth, account, { ...wrong, ...changes });
}

/** Entries of refusals that a lock was the reason of, oldest first. */
async function entriesAbout(subject: string) {
  const rows = await auth.database.query<{ data: Record<string, unknown> }>(
    `select data from auth.outbox where destination = 'audit' and subject like $1
       and data ->> 'action' = 'auth.sign_in.locked' and data ->> 'reason' = 'locked' order by id`,
    [subject],
  );
  return rows.map(({ data }) => data);
}

async function eventsAbout(account: Account) {
  const rows = await auth.database.query<{ data: Record<string, unknown> }>(
    `select data from auth.outbox where type = 'auth.sign_in_failed.v1' and subject = $1
       and data ->> 'reason' = 'SIGN_IN_FAILURE_REASON_LOCKED' order by id`,
    [account.id],
  );
  return rows.map(({ data }) => data);
}

/** How often the ledger and the house have been told. */
async function told(account: Account): Promise<number[]> {
  return [(await entriesAbout(account.id)).length, (await eventsAbout(account)).length];
}

describe('SR-86 an attempt that is refused because of a lock', () => {
  it('is told of at a sign-in, with the pool and the client', async () => {
    const account = await register(auth);
    await fail(account, 5);
    expect(await told(account)).toEqual([0, 0]);
    expect((await signIn(auth, account)).status).toBe(429);
    expect(await entriesAbout(account.id)).toEqual([
      expect.objectContaining({
        outcome: 'AUDIT_OUTCOME_DENIED',
        details: { pool: 'unknown', clientId: 'web' },
        requestId: expect.any(String),
      }),
    ]);
    expect(await eventsAbout(account)).toEqual([expect.objectContaining({ userId: account.id, clientId: 'web' })]);
  });

  it('names the known device whose pool it is', async () => {
    const account = await register(auth);
    const known = { device: { secret: account.device.secret } };
    await fail(account, 6, known);
    const [event] = await eventsAbout(account);
    expect(event).toMatchObject({ deviceId: account.device.id });
  });

  it('is told of for an identifier of nobody alike, who is not named', async () => {
    const before = (await entriesAbout('unknown:%')).length;
    await fail({ email: freshEmail() }, 7);
    const [entry, ...more] = (await entriesAbout('unknown:%')).slice(before);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ details: { pool: 'unknown', clientId: 'web' } });
  });

  it('is told of at a step-up by the password', async () => {
    const account = await register(auth);
    const stepUp = (body: object) => post(auth, '/v1/auth/step-up/verify', body, { token: account.accessToken });
    for (let tries = 0; tries < 5; tries += 1) await stepUp(wrong);
    expect((await stepUp(wrong)).body.code).toBe('auth.credentials.locked');
    expect(await told(account)).toEqual([1, 1]);
    expect(await eventsAbout(account)).toEqual([expect.objectContaining({ deviceId: account.device.id })]);
  });

  it('is told of at a change of the password', async () => {
    const account = await register(auth);
    const body = { currentPassword: wrong.password, newPassword: 'another horse battery staple' };
    const change = () => post(auth, '/v1/auth/password/change', body, { token: account.accessToken });
    for (let tries = 0; tries < 5; tries += 1) await change();
    expect((await change()).body.code).toBe('auth.credentials.locked');
    expect(await told(account)).toEqual([1, 1]);
  });

  it('is told of once a minute, and at the first attempt of each lock', async () => {
    const account = await register(auth);
    await fail(account, 8);
    expect(await told(account)).toEqual([1, 1]);
    auth.clock.advance(61_000);
    await fail(account, 3); // the first of them is verified, and locks for two minutes
    expect(await told(account)).toEqual([2, 2]);
    auth.clock.advance(59_000);
    await fail(account, 2);
    expect(await told(account)).toEqual([2, 2]);
    auth.clock.advance(2000);
    await fail(account, 2);
    expect(await told(account)).toEqual([3, 3]);
  });

  it('is told of once when many come together', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      await fail(account, 5);
      await raceOf(16, async () => expect((await signIn(auth, account)).status).toBe(429));
      expect([round, await told(account)]).toEqual([round, [1, 1]]);
    }
  });
});
