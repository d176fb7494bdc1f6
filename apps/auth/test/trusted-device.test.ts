import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();
const strict = await startAuth({ env: { TRUSTED_DEVICE_DAYS: '0' } });

let account: Account;
beforeEach(async () => {
  account = await register(auth);
  trusting();
});

/** Whoever signs in has a factor, and has trusted the device just now. */
function trusting(on = auth): void {
  const deviceTrustedAt = new Date(on.clock.now().getTime());
  Object.assign(on.neighbours, { factors: [totpFactor], verdict: 'allow', deviceTrustedAt });
}

const statusOf = async (changes: object = {}) => (await signIn(auth, account, changes)).body.status;

describe('a user with a factor on a device that they trust', () => {
  it('200 a session at aal1 by the password alone, and what needs more asks for it', async () => {
    const { status, body } = await signIn(auth, account);
    expect([status, body.status, body.acr]).toEqual([200, undefined, 'aal1']);
    expect((await get(auth, '/v1/auth/session', body.accessToken)).body.amr).toEqual(['pwd']);
  });

  it('is asked for the factor when anything speaks against the attempt, or nobody can tell', async () => {
    for (const verdict of ['challenge', 'unavailable'] as const) {
      auth.neighbours.verdict = verdict;
      expect(await statusOf()).toBe('mfa_required');
    }
  });

  it('SR-35 is asked after thirty days', async () => {
    auth.neighbours.deviceTrustedAt = new Date(auth.clock.now().getTime() - 30 * 86_400_000);
    expect(await statusOf()).toBe('mfa_required');
  });

  it('SR-35 is asked when the password has changed since', async () => {
    await auth.database.query('update auth.credentials set changed_at = $2 where user_id = $1', [
      account.id,
      new Date(auth.clock.now().getTime() + 1000),
    ]);
    expect(await statusOf()).toBe('mfa_required');
  });

  it('SR-16 is refused like anybody with a wrong password', async () => {
    const { status, body } = await signIn(auth, account, { password: 'not the right one' });
    expect([status, body.code]).toEqual([401, 'auth.credentials.invalid']);
  });

  it('is asked wherever TRUSTED_DEVICE_DAYS is 0', async () => {
    const other = await register(strict);
    trusting(strict);
    expect((await signIn(strict, other)).body.status).toBe('mfa_required');
  });
});
