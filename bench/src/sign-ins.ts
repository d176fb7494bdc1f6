import { fromAnotherAddress } from '@bank/test-bed';
import type { Bench } from '#bench.ts';
import { type LoadRequest, load } from '#load.ts';

/** What came of the sign-ins of a load. */
export interface SignInCount {
  /** Opened a session. */
  opened: number;
  /** Were asked for more than the password, as the device could not be vouched for in time. */
  asked: number;
}

/**
 * Signs in over connections for so long, and out again afterwards: whoever had more than ten sessions would lose the oldest with
 * each new one, which is other work. Gives the sign-ins in a second that opened a session; those that were asked for more do not count.
 */
export async function signInRate(
  bench: Bench,
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
  count: SignInCount,
): Promise<number> {
  const tokens: string[] = [];
  const { url } = bench.stack.apps.auth;
  const startedAt = performance.now();
  await load({ url, connections, seconds, next: signInsOf(bench, count, (token) => tokens.push(token)) });
  const rate = tokens.length / ((performance.now() - startedAt) / 1000);
  await signOut(url, tokens);
  return rate;
}

const signOutsAtATime = 4;

/** Ends the sessions of these access tokens at auth's address. */
export async function signOut(url: string, tokens: readonly string[]): Promise<void> {
  const left = [...tokens];
  const work = async () => {
    for (let token = left.pop(); token !== undefined; token = left.pop()) {
      const headers = { authorization: `Bearer ${token}`, ...fromAnotherAddress() };
      const { status } = await fetch(new URL('/v1/auth/logout', url), { method: 'POST', headers });
      // A fast machine opens more than ten in so long: then the oldest are over.
      if (status !== 204 && status !== 401) throw new Error(`a sign-out answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: signOutsAtATime }, work));
}

/** How many of them were asked for a code, for the notes of a row. */
export function askedFor({ opened, asked }: SignInCount): string {
  return `${asked} of ${opened + asked} were asked for a code, as device did not answer within its 150 ms; they do not count`;
}

/** Signs people in over and over, each with the password and on the device that they registered with. */
export function signInsOf(
  { people }: Bench,
  count: SignInCount,
  onOpened: (accessToken: string) => void = () => undefined,
): () => LoadRequest {
  let turn = 0;
  return () => {
    const person = people[turn++ % people.length];
    if (person === undefined) throw new Error('nobody is there to sign in');
    const { email, password, device } = person;
    return {
      method: 'POST',
      path: '/v1/auth/login',
      headers: { 'content-type': 'application/json', ...fromAnotherAddress() },
      body: JSON.stringify({ identifier: email, password, device: { secret: device.secret } }),
      onAnswer(status, body) {
        if (status !== 200) return;
        const { accessToken } = JSON.parse(body) as { accessToken?: string };
        if (accessToken === undefined) {
          count.asked += 1;
        } else {
          count.opened += 1;
          onOpened(accessToken);
        }
      },
    };
  };
}
