import { canary } from '@bank/scripts/canaries';
import { noisePicture } from '@bank/test-bed';
import { expectStatus, type GatewayClient } from '#client.ts';
import { sendDocument } from '#uploads.ts';

const decidedMs = 15_000;

/**
 * Proves who the user is: a document with its number, a picture that tells of itself, a case that is handed in and decided. What
 * was verified changes only by asking for it.
 */
export async function proveIdentity(client: GatewayClient, token: string): Promise<void> {
  const document = { kind: 'passport', country: 'GH', number: canary('document'), expiresOn: '2041-01-01' };
  await sendDocument({ client, token }, document, noisePicture(64, canary('comment')));
  expectStatus(await client.send('POST', '/v1/kyc/submissions', { token, body: { tier: 1 } }), 202);
  const isDecided = ({ body }: { readonly body: unknown }) => (body as { status?: string }).status === 'approved';
  expectStatus(await client.sendUntil(isDecided, decidedMs, 'GET', '/v1/kyc', { token }), 200);
  const change = { changes: { familyName: canary('married') }, reason: canary('marriage') };
  expectStatus(await client.send('POST', '/v1/profile/change-requests', { token, body: change }), 201);
}
