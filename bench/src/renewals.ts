import { fromAnotherAddress, type Person, post } from '@bank/test-bed';
import type { Bench } from '#bench.ts';
import type { LoadRequest } from '#load.ts';

/** A session that can be renewed: the live refresh token, and the device that holds it. */
export interface Renewable {
  readonly refreshToken: string;
  readonly deviceSecret: string;
}

const atATime = 4;

/** Opens sessions by signing in, for the people in turn. @throws Error when sign-ins go another way again and again */
export async function openSessions({ stack, people }: Bench, count: number): Promise<Renewable[]> {
  const sessions: Renewable[] = [];
  let tries = 0;
  const worker = async () => {
    while (sessions.length < count) {
      const person = people[tries % people.length];
      tries += 1;
      if (person === undefined || tries > count * 4) throw new Error('too few sign-ins open a session');
      const session = await signIn(stack.apps.auth.url, person);
      if (session !== undefined) sessions.push(session);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return sessions;
}

/** Undefined when more than the password was asked for: the device service was too busy to vouch for the device. */
async function signIn(url: string, person: Person): Promise<Renewable | undefined> {
  const { email, password, device } = person;
  const body = { identifier: email, password, device: { secret: device.secret } };
  const answer = await post<{ refreshToken?: string }>(url, '/v1/auth/login', 200, body);
  return answer.refreshToken === undefined
    ? undefined
    : { refreshToken: answer.refreshToken, deviceSecret: device.secret };
}

/** Renews sessions of a pool over and over, each with the token of its last renewal. A token whose answer is lost is never shown again. */
export function renewalsFrom(pool: Renewable[]): () => LoadRequest {
  return () => {
    const session = pool.shift();
    if (session === undefined) throw new Error('every session waits for its renewal: there are too few');
    const { refreshToken, deviceSecret } = session;
    return {
      method: 'POST',
      path: '/v1/auth/token/refresh',
      headers: { 'content-type': 'application/json', ...fromAnotherAddress() },
      body: JSON.stringify({ refreshToken, device: { secret: deviceSecret } }),
      onAnswer(status, text) {
        if (status !== 200) return;
        pool.push({ refreshToken: (JSON.parse(text) as Renewable).refreshToken, deviceSecret });
      },
    };
  };
}
