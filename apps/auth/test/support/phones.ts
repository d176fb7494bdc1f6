import { type Account, register, steppedUp } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';
import { freshPhone } from './messages.ts';

export const changePhone = (auth: TestAuth, token: string, phone: string): Promise<Answer> =>
  post(auth, '/v1/auth/phone/change', { phone }, { token });
export const verifyPhone = (auth: TestAuth, token: string, code: string): Promise<Answer> =>
  post(auth, '/v1/auth/phone/verify', { code }, { token });

/** The code in the newest text message to a number, but not the one before. */
export async function smsCode(auth: TestAuth, phone: string, than = ''): Promise<string> {
  for (;;) {
    const { text } = await auth.carriers.newestSms(phone);
    const code = /^(\d{6}) is your/.exec(text)?.[1];
    if (code !== undefined && code !== than) return code;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A new user whose session has just been stepped up. */
export async function steppedUpAccount(auth: TestAuth): Promise<Account> {
  const account = await register(auth);
  return { ...account, accessToken: await steppedUp(auth, account.accessToken) };
}

/** A new user with a proven number. */
export async function accountWithPhone(auth: TestAuth, phone = freshPhone()): Promise<Account & { phone: string }> {
  const account = await steppedUpAccount(auth);
  const asked = await changePhone(auth, account.accessToken, phone);
  if (asked.status !== 202) throw new Error(`the change answered ${asked.status} ${asked.body.code}`);
  const verified = await verifyPhone(auth, account.accessToken, await smsCode(auth, phone));
  if (verified.status !== 200) throw new Error(`the code answered ${verified.status} ${verified.body.code}`);
  return { ...account, phone };
}
