import type { Exchange } from '#client.ts';
import { codeIn, waitForMessage } from '#inbox.ts';
import { expectStatus, type JourneyOptions, type Tokens } from '#journey.ts';

/** A registered user on a device that is known to him. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly deviceSecret: string;
}

/** What a right password is answered with where more is asked. */
export interface SecondHalf {
  readonly status: 'mfa_required';
  readonly loginId: string;
  readonly factors: readonly [{ readonly id: string; readonly type: string }];
}

/** Presents the password. */
export function presentPassword(
  { client }: JourneyOptions,
  { email, password, deviceSecret }: Person,
): Promise<Exchange> {
  const body = { identifier: email, password, device: { secret: deviceSecret } };
  return client.send('POST', '/v1/auth/login', { body });
}

/**
 * Signs in a user without a second factor; where the device could not be judged in time, with the code that is then sent by
 * mail.
 */
export async function signIn(options: JourneyOptions, person: Person): Promise<Tokens> {
  const { client, inboxUrl, announce } = options;
  const answer = expectStatus<Tokens | SecondHalf>(await presentPassword(options, person), 200);
  if (!('loginId' in answer)) return answer;
  announce('The device service was too busy to vouch for the device, so a code by mail is asked');
  const { loginId, factors } = answer;
  const since = new Date();
  const body = { loginId, factorId: factors[0].id };
  const challenge = await client.send('POST', '/v1/auth/login/challenge', { body });
  const { challengeId } = expectStatus<{ challengeId: string }>(challenge, 200);
  const code = codeIn(await waitForMessage(inboxUrl, person.email, 'sign-in-code', { since }));
  const device = { secret: person.deviceSecret };
  const proof = { loginId, challengeId, response: { code }, device };
  return expectStatus<Tokens>(await client.send('POST', '/v1/auth/login/verify', { body: proof }), 200);
}
