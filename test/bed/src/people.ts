import { randomBytes } from 'node:crypto';
import type { Addresses } from '@bank/scripts/stack';
import { fromAnotherAddress } from '#client-address.ts';

/** The version of the terms that registrations accept. */
export const acceptedTerms = '2026-01';

/** A user that was registered through the API, with the session and the known device of that registration. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly password: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly device: { readonly id: string; readonly secret: string };
}

interface Verified extends Omit<Person, 'userId' | 'email' | 'password'> {
  readonly user: { readonly id: string };
}

const mailWithinMs = 30_000;
const atATime = 4;

/** Registers that many users, each with the code of their mail. @throws Error naming the step that went another way */
export async function registerPeople(addresses: Addresses, count: number): Promise<readonly Person[]> {
  const people: Person[] = [];
  const worker = async (share: number) => {
    for (let left = share; left > 0; left -= 1) people.push(await register(addresses));
  };
  await Promise.all(Array.from({ length: atATime }, (_, index) => worker(Math.ceil((count - index) / atATime))));
  return people;
}

/** An address that nobody else uses; with a mailbox, one for which the sandbox has an outcome of its own. */
export function freshEmail(mailbox?: string): string {
  const own = randomBytes(6).toString('hex');
  return mailbox === undefined ? `ada.${own}@example.com` : `${mailbox}+${own}@example.com`;
}

/** A password that is accepted and nobody else has. */
export function freshPassword(): string {
  return `correct horse ${randomBytes(6).toString('hex')}`;
}

async function register({ apps, sandbox }: Addresses): Promise<Person> {
  const email = freshEmail();
  const password = freshPassword();
  const started = await post<{ registrationId: string }>(apps.auth.http, '/v1/auth/register', 202, {
    email,
    password,
    acceptedTerms,
  });
  const { registrationId } = started;
  const code = await codeFor(sandbox.http, email);
  const verified = await post<Verified>(apps.auth.http, '/v1/auth/register/verify', 201, {
    registrationId,
    code,
    device: { platform: 'web', model: 'test bed' },
  });
  const { user, sessionId, accessToken, refreshToken, device } = verified;
  return { userId: user.id, email, password, sessionId, accessToken, refreshToken, device };
}

/** Sends one request, as another client each time. @throws Error with the answer when it has another status */
export async function post<T>(base: string, path: string, status: number, body: object): Promise<T> {
  const response = await fetch(new URL(path, base), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(base).origin, ...fromAnotherAddress() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status !== status) throw new Error(`POST ${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

/** Which mail is meant: one that comes in time, and not one that came before. */
export interface MailOptions {
  readonly withinMs?: number;
  readonly since?: Date;
}

/** The code of the newest mail to an address. @throws Error when none comes in time */
export async function codeFor(inboxUrl: string, email: string, options: MailOptions = {}): Promise<string> {
  const { withinMs = mailWithinMs, since = new Date(0) } = options;
  const url = new URL('/api/messages', inboxUrl);
  url.searchParams.set('to', email);
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const code = (await mailsIn(url))
      .filter(({ receivedAt }) => new Date(receivedAt) >= since)
      .map(({ text }) => /\b(\d{6})\b/.exec(text)?.[1])
      .find((found) => found !== undefined);
    if (code !== undefined) return code;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('no mail with a code came in time');
}

/** None while the inbox is away. */
async function mailsIn(url: URL): Promise<readonly { readonly text: string; readonly receivedAt: string }[]> {
  try {
    return ((await (await fetch(url)).json()) as { items: { text: string; receivedAt: string }[] }).items;
  } catch {
    return [];
  }
}
