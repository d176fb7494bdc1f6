import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { password, register, signIn } from './support/accounts.ts';
import { cheapHasher } from './support/auth.ts';
import { totpFactor } from './support/neighbours.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

async function hashOf(userId: string): Promise<string | undefined> {
  const [row] = await auth.database.query<{ password_hash: string }>(
    'select password_hash from auth.credentials where user_id = $1',
    [userId],
  );
  return row?.password_hash;
}

describe('SR-8 a password that is right', () => {
  it('is hashed again when the costs have changed', async () => {
    const account = await register(auth);
    const older = await cheapHasher({ memoryKib: 128 }).hash(password);
    await auth.database.query('update auth.credentials set password_hash = $2 where user_id = $1', [account.id, older]);
    expect((await signIn(auth, account)).status).toBe(200);
    expect(await hashOf(account.id)).toContain('$m=64,t=1,p=1$');
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it.each([
    ['costs', cheapHasher({ memoryKib: 128 })],
    ['pepper', cheapHasher({ keyId: 'k0' })],
  ])('is hashed again when the %s changed, also where a factor is asked for after it', async (_, older) => {
    auth.neighbours.factors = [totpFactor];
    const account = await register(auth);
    const hash = await older.hash(password);
    await auth.database.query('update auth.credentials set password_hash = $2 where user_id = $1', [account.id, hash]);
    const before = auth.ctx.hasher.stats().completed;
    const { status, body } = await signIn(auth, account);
    auth.neighbours.factors = [];
    expect([status, body.status]).toEqual([200, 'mfa_required']);
    expect(await hashOf(account.id)).toMatch(/^k1:.*\$m=64,t=1,p=1\$/);
    expect(auth.ctx.hasher.stats().completed - before).toBe(2);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('opens a session for each of several who hash it again at once', async () => {
    const older = cheapHasher({ memoryKib: 128 });
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const hash = await older.hash(password);
      const replace = 'update auth.credentials set password_hash = $2 where user_id = $1';
      await auth.database.query(replace, [account.id, hash]);
      const answers = winners(await raceOf(3, () => signIn(auth, account)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(await hashOf(account.id)).toContain('$m=64,t=1,p=1$');
    }
  });
});
