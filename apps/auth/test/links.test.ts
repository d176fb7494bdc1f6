import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, freshEmail, messagesTo } from './support/accounts.ts';
import { origin } from './support/auth.ts';
import { changeCode, verifyEmail } from './support/emails.ts';
import { steppedUpAccount } from './support/phones.ts';
import { forgedHeaders, postRaw } from './support/raw.ts';
import { askForRecovery, completeRecovery, linksIn } from './support/recoveries.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

/** A route that has a link sent: with what it is asked, and where its links arrive. */
interface Sender {
  readonly path: string;
  body(account: Account): Promise<object> | object;
  /** Runs what is left to be done until the mail is written. */
  after?(account: Account, body: object): Promise<unknown>;
  links(account: Account): Promise<string[]>;
}

const urlsIn = async (recipient: string, template: string) =>
  (await messagesTo(auth, recipient))
    .filter((one) => one.template === template)
    .map(({ params }) => params['url'] ?? '');

const senders: readonly Sender[] = [
  {
    path: '/v1/auth/password/forgot',
    body: ({ email: identifier }) => ({ identifier }),
    links: ({ id }) => urlsIn(id, 'password-reset'),
  },
  {
    path: '/v1/auth/recovery',
    body: ({ email: identifier }) => ({ identifier }),
    links: ({ id }) => urlsIn(id, 'account-recovery'),
  },
  {
    path: '/v1/auth/recovery/complete',
    body: async (account) => ({ token: await askForRecovery(auth, account) }),
    links: async ({ id }) => (await linksIn(auth, id, 'recovery-in-review')).map(({ href }) => href),
  },
  {
    path: '/v1/auth/email/change',
    body: () => ({ email: freshEmail() }),
    links: ({ email }) => urlsIn(email, 'email-change-requested'),
  },
  {
    path: '/v1/auth/email/change',
    body: () => ({ email: freshEmail() }),
    after: async ({ accessToken }, body) => {
      const { email } = body as { email: string };
      await verifyEmail(auth, accessToken, await changeCode(auth, email));
    },
    links: ({ email }) => urlsIn(email, 'email-replaced'),
  },
];

describe('SR-37 where links lead', () => {
  it.each(senders)('$path: where configuration says, whatever a request says of itself', async (sender) => {
    const { path } = sender;
    for (const line of [path, `http://evil.example${path}`, `https://evil.example:443${path}`]) {
      const account = await steppedUpAccount(auth);
      const body = await sender.body(account);
      const { status } = await postRaw(auth, { path: line, headers: forgedHeaders, token: account.accessToken }, body);
      await sender.after?.(account, body);
      const links = await sender.links(account);
      // A line that the server does not take sends no link at all.
      expect(links.length > 0 || (status ?? 0) >= 400).toBe(true);
      if (line === path) expect(links.length).toBeGreaterThan(0);
      for (const link of links) expect(new URL(link).origin).toBe(origin);
    }
  });

  it('SR-83 no secret rides where a server or a Referer would see it', async () => {
    const account = await steppedUpAccount(auth);
    await completeRecovery(auth, await askForRecovery(auth, account));
    const links = await linksIn(auth, account.id, 'account-recovery', 'recovery-in-review');
    expect(links).toHaveLength(2);
    for (const link of links) expect([link.search, link.hash.startsWith('#token=r')]).toEqual(['', true]);
  });
});
