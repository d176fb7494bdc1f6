import { messagesTo, request, rpcNeighbour, type TestApp } from '@bank/composition/testing';
import { type UserId, uuidv7 } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import type { TestCertificates } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import type { AppContext } from '#context.ts';
import { givenSubject, strongToken } from './mfa-app.ts';

type App = TestApp<AppContext>;

/** What auth says of the addresses of whoever is in here. */
export const contacts = new Map<string, { email?: string; phone?: string; phoneCodesFrom?: Date }>();

/** Stands in for auth: gives its address. */
export function authOfContacts(certificates: TestCertificates): Promise<string> {
  return rpcNeighbour(certificates, 'auth', (router) => {
    router.service(UserService, {
      describeContact({ userId }) {
        const contact = contacts.get(userId);
        if (contact === undefined) throw new ConnectError('away', Code.Unavailable);
        const { email = '', phone = '', phoneCodesFrom } = contact;
        const from = phoneCodesFrom && { phoneCodesFrom: timestampFromDate(phoneCodesFrom) };
        return { emailHint: email, phoneHint: phone, ...from };
      },
    });
  });
}

/** A new user with proven addresses, and the token of a session just begun. */
export async function givenReachable(app: App, contact = { email: 'a***@example.com', phone: '+***67' }) {
  const [userId, sessionId] = [await givenSubject(app), uuidv7()];
  contacts.set(userId, contact);
  return { userId, sessionId, token: app.issuer.token({ userId, sessionId }) };
}

/** The codes a user was sent, oldest first; `keepDeliveries` has been called before. */
export async function codesOf(app: App, userId: string) {
  return (await messagesTo(app, userId)).flatMap(({ channel, template, params: { code } }) =>
    code === undefined ? [] : [{ channel, template, code }],
  );
}

/** The last of them. */
export async function lastCodeOf(app: App, userId: string): Promise<string> {
  return (await codesOf(app, userId)).at(-1)?.code ?? '';
}

/** As if the last code had been sent long ago, or the user had used one since. */
export async function waited(app: App, userId: string): Promise<void> {
  await app.database.query(`update mfa.sent_codes set sent_at = sent_at - interval '2 days' where user_id = $1`, [
    userId,
  ]);
}

/** A user with codes by text or email, enrolled as people do it. */
export async function givenSentCodes(app: App, type: 'sms' | 'email', known?: { userId: UserId }) {
  const person = known === undefined ? await givenReachable(app) : { ...known, sessionId: uuidv7() };
  const { userId, sessionId } = person;
  const token = known === undefined ? app.issuer.token({ userId, sessionId }) : strongToken(app, person);
  const begun = await request(app.service, 'POST', `/v1/mfa/${type}`, { token, body: {} });
  const { factorId } = begun.body as { factorId: string };
  const body = { code: await lastCodeOf(app, userId) };
  const done = await request(app.service, 'POST', `/v1/mfa/${type}/${factorId}/confirm`, { token, body });
  if (done.status !== 200) throw new Error(`the enrolment answered ${begun.status} ${done.status}`);
  return { userId, sessionId, factorId, secret: '', etag: done.headers.get('etag') ?? '' };
}
