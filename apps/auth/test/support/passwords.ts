import { messagesTo } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { type Answer, post } from './http.ts';

export const newPassword = 'another horse another staple';

/** Asks for a link for choosing another password. */
export function forgot(auth: TestAuth, identifier: string, headers: Record<string, string> = {}): Promise<Answer> {
  return post(auth, '/v1/auth/password/forgot', { identifier }, { headers });
}

/** Chooses another password by a link. */
export function reset(auth: TestAuth, token: string, password: string = newPassword): Promise<Answer> {
  return post(auth, '/v1/auth/password/reset', { token, password });
}

/** The links that were sent to a user, oldest first. */
export async function linksTo(auth: TestAuth, userId: string): Promise<URL[]> {
  const messages = await messagesTo(auth, userId);
  return messages
    .filter(({ template }) => template === 'password-reset')
    .map(({ params }) => new URL(params['url'] ?? ''));
}

/** The token of the link that was last sent to a user. */
export async function resetTokenFor(auth: TestAuth, userId: string): Promise<string> {
  const link = (await linksTo(auth, userId)).at(-1);
  const token = link && new URLSearchParams(link.hash.slice(1)).get('token');
  if (!token) throw new Error(`no link was sent to ${userId}`);
  return token;
}

/** Asks for a link and takes it out of the mail. */
export async function askForToken(auth: TestAuth, account: { id: string; email: string }): Promise<string> {
  await forgot(auth, account.email);
  return resetTokenFor(auth, account.id);
}

/** What events and ledger were told about a user, as type or action, with the reason. */
export async function toldAbout(auth: TestAuth, userId: string): Promise<string[]> {
  const rows = await auth.database.query<{ told: string }>(
    `select concat_ws(' ', coalesce(data->>'action', type), data->>'reason') as told from auth.outbox
      where destination in ('events', 'audit') and subject = $1 order by id`,
    [userId],
  );
  return rows.map(({ told }) => told);
}
