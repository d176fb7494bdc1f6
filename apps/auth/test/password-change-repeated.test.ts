import { describe, expect, it } from 'vitest';
import { messagesTo, password, register, signIn } from './support/accounts.ts';
import { get, post } from './support/http.ts';
import { newPassword, toldAbout } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();
const another = 'Granite-Lantern-Whistle-61';

function change(token: string, changes: object = {}) {
  return post(auth, '/v1/auth/password/change', { currentPassword: password, newPassword, ...changes }, { token });
}

/** A user who chose another password; the answer may have been lost. */
async function givenChanged() {
  const account = await register(auth);
  expect((await change(account.accessToken)).status).toBe(204);
  return account;
}

describe('SR-7 a change of the password that is sent again', () => {
  it('204 in the same session as often as it is sent: nothing changes, and nothing counts', async () => {
    const account = await givenChanged();
    const later = (await signIn(auth, account, { password: newPassword })).body;
    for (let times = 0; times < 7; times += 1) {
      expect((await change(account.accessToken)).status).toBe(204);
    }
    const notices = (await messagesTo(auth, account.id)).map(({ template }) => template);
    expect(notices.filter((template) => template === 'password-changed')).toHaveLength(1);
    expect(notices).not.toContain('sign-in-after-failures');
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one.startsWith('auth.password.change'))).toEqual(['auth.password.changed']);
    expect((await get(auth, '/v1/auth/session', later.accessToken)).status).toBe(200);
    const device = { secret: account.device.secret };
    expect((await signIn(auth, account, { password: newPassword, device })).status).toBe(200);
  });

  it('401 in another session, which has changed nothing', async () => {
    const account = await givenChanged();
    const other = (await signIn(auth, account, { password: newPassword })).body;
    expect((await change(other.accessToken)).body.code).toBe('auth.credentials.invalid');
  });

  it.each([
    ['another one is asked for', { newPassword: another }],
    ['the one before is wrong', { currentPassword: another }],
  ])('401 where %s, and each time counts: 429 after five', async (_name, changes) => {
    const account = await givenChanged();
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await change(account.accessToken, changes)).body.code).toBe('auth.credentials.invalid');
    }
    expect((await change(account.accessToken)).status).toBe(429);
  });

  it('401 once the password has been changed again', async () => {
    const account = await givenChanged();
    const next = { currentPassword: newPassword, newPassword: another };
    expect((await change(account.accessToken, next)).status).toBe(204);
    expect((await change(account.accessToken)).body.code).toBe('auth.credentials.invalid');
    expect((await change(account.accessToken, next)).status).toBe(204);
  });
});
