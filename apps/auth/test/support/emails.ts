import { type Account, messagesTo } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';

export const changeEmail = (auth: TestAuth, token: string, email: string): Promise<Answer> =>
  post(auth, '/v1/auth/email/change', { email }, { token });
export const verifyEmail = (auth: TestAuth, token: string, code: string): Promise<Answer> =>
  post(auth, '/v1/auth/email/verify', { code }, { token });
export const revertEmail = (auth: TestAuth, token: string): Promise<Answer> =>
  post(auth, '/v1/auth/email/revert', { token });

/** The templates of the messages that were written to an address or a user, oldest first. */
export async function templatesTo(auth: TestAuth, recipient: string): Promise<string[]> {
  return (await messagesTo(auth, recipient)).map(({ template }) => template);
}

/** The code that was last sent to an address that somebody wants to change to. */
export async function changeCode(auth: TestAuth, email: string): Promise<string> {
  const message = (await messagesTo(auth, email)).findLast(({ template }) => template === 'email-code');
  if (message === undefined) throw new Error(`no code was sent to ${email}`);
  return message.params['code'] ?? '';
}

/** The links by which an address is put back that were sent to it, oldest first. */
export async function reversionsTo(auth: TestAuth, email: string): Promise<URL[]> {
  const urls = (await messagesTo(auth, email)).map(({ params }) => params['url'] ?? '');
  return urls.filter((url) => url.includes('/email/revert')).map((url) => new URL(url));
}

/** The token of the link that was last sent to an address. */
export async function reversionToken(auth: TestAuth, email: string): Promise<string> {
  const link = (await reversionsTo(auth, email)).at(-1);
  return new URLSearchParams(link?.hash.slice(1)).get('token') ?? '';
}

/** Changes the address of who is stepped up; the session goes on. */
export async function moveTo(auth: TestAuth, account: Pick<Account, 'accessToken'>, email: string): Promise<void> {
  const asked = await changeEmail(auth, account.accessToken, email);
  if (asked.status !== 202) throw new Error(`the change answered ${asked.status} ${asked.body.code}`);
  const verified = await verifyEmail(auth, account.accessToken, await changeCode(auth, email));
  if (verified.status !== 200) throw new Error(`the code answered ${verified.status} ${verified.body.code}`);
}
