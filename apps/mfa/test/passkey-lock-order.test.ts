import { losers, raceOf, winners } from '@bank/testing';
import { expect, test } from 'vitest';
import { mfaApp, pages } from './mfa-app.ts';
import { givenPasskey, givenPasskeyChallenge, givenPasskeySignIn } from './passkeys.ts';

const app = mfaApp();
const [rounds, pairs] = [20, 8];

test('sign-ins without a name and challenges that one synced passkey answers at once do not wait for each other', {
  timeout: 120_000,
}, async () => {
  const passkey = await givenPasskey(app, { isSynced: true });
  for (let round = 0; round < rounds; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: pairs }, async () => {
        const [challenge, signIn] = [await givenPasskeyChallenge(app, passkey), await givenPasskeySignIn(app)];
        const made = [challenge.assert(), passkey.authenticator.get(signIn.options, pages.customers)] as const;
        return [() => challenge.send(made[0]), () => signIn.send(made[1])];
      }),
    );
    const sends = answers.flat();
    const outcomes = await raceOf<unknown>(sends.length, (number) => sends[number]?.() ?? fail());
    expect(losers(outcomes)).toEqual([]);
    expect(winners(outcomes)).toHaveLength(2 * pairs);
  }
});

function fail(): never {
  throw new Error('there are as many as contestants');
}
