import { createHash } from 'node:crypto';
import { canary } from '@bank/scripts/canaries';
import { expectStatus, type GatewayClient } from '#client.ts';
import { pngOfNoise } from '#picture.ts';

const decidedMs = 15_000;

interface Ticket {
  readonly documentId: string;
  readonly upload: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

/**
 * Proves who he is: a document with its number, a picture that tells of itself, a case that is handed in and decided. What was verified
 * changes only by asking for it.
 */
export async function proveIdentity(client: GatewayClient, token: string): Promise<void> {
  const documentId = await sendPicture(client, token, 'of what is handed in');
  expectStatus(await client.send('POST', `/v1/kyc/documents/${documentId}/complete`, { token }), 200);
  expectStatus(await client.send('POST', '/v1/kyc/submissions', { token, body: { tier: 1 } }), 202);
  const isDecided = ({ body }: { readonly body: unknown }) => (body as { status?: string }).status === 'approved';
  expectStatus(await client.sendUntil(isDecided, decidedMs, 'GET', '/v1/kyc', { token }), 200);
  const change = { changes: { familyName: canary('married') }, reason: canary('marriage') };
  expectStatus(await client.send('POST', '/v1/profile/change-requests', { token, body: change }), 201);
}

async function sendPicture(client: GatewayClient, token: string, comment: string): Promise<string> {
  const file = pngOfNoise(64, canary(comment));
  const body = {
    kind: 'passport',
    country: 'GH',
    number: canary('document'),
    expiresOn: '2041-01-01',
    contentType: 'image/png',
    sizeBytes: file.length,
    sha256: createHash('sha256').update(file).digest('hex'),
  };
  const begun = await client.send('POST', '/v1/kyc/documents', { token, body });
  const { documentId, upload } = expectStatus<Ticket>(begun, 201);
  const sent = await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: new Uint8Array(file) });
  if (sent.status !== 204) throw new Error(`the picture was answered with ${sent.status}`);
  return documentId;
}
