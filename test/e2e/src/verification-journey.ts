import { type Account, type Place, registerAccount } from '#account.ts';
import { expectStatus } from '#client.ts';
import { passport, sendAvatar, sendDocument } from '#uploads.ts';

const withinMs = 10_000;

/** Register, send a picture, have one's identity verified, as far as tier 1. Gives who it is. @throws AssertionError naming the step that went another way */
export async function verificationJourney(place: Place): Promise<Account> {
  const { client } = place;
  const account = await registerAccount(place);
  const { accessToken: token } = account;
  const read = await client.sendUntil(({ status }) => status === 200, withinMs, 'GET', '/v1/profile', { token });
  const names = { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10', nationality: 'DE' };
  const headers = { 'if-match': read.headers.get('etag') ?? '' };
  expectStatus(await client.send('PATCH', '/v1/profile', { token, headers, body: names }), 200);
  await sendAvatar({ client, token });
  await sendDocument({ client, token }, passport);
  expectStatus(await client.send('POST', '/v1/kyc/submissions', { token, body: { tier: 1 } }), 202);
  const isApproved = ({ body }: { readonly body: unknown }) => (body as { tier?: number }).tier === 1;
  await client.sendUntil(isApproved, withinMs, 'GET', '/v1/kyc', { token });
  return account;
}
