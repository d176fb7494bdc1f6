import { fromAnotherAddress } from '@bank/test-bed';
import type { Bench } from '#bench.ts';
import type { LoadRequest } from '#load.ts';

/** What came of the sign-ins of a load. */
export interface SignInCount {
  /** Opened a session. */
  opened: number;
  /** Were asked for more than the password, as the device could not be vouched for in time. */
  asked: number;
}

/** How many of them were asked for a code, for the notes of a row. */
export function askedFor({ opened, asked }: SignInCount): string {
  return `${asked} of ${opened + asked} were asked for a code, as device did not answer within its 150 ms; they do not count`;
}

/** Signs people in over and over, each with the password and on the device that he registered with. */
export function signInsOf({ people }: Bench, count: SignInCount): () => LoadRequest {
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
        if (body.includes('"accessToken"')) count.opened += 1;
        else count.asked += 1;
      },
    };
  };
}
