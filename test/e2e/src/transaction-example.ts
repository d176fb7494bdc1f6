import { createHash } from 'node:crypto';
import { AuthService } from '@bank/proto/auth';
import { type Client, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import canonicalize from 'canonicalize';
import { expectStatus, type GatewayClient } from '#client.ts';

/** A transaction as clients send it and `docs/transaction-approval.md` lists it. */
export interface Transaction {
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A session on a device that has a key, and that key: `sign` gives 64 bytes in base64url over lines of text. */
export interface AppSession {
  readonly accessToken: string;
  readonly deviceId: string;
  sign(...lines: readonly string[]): string;
}

interface Question {
  readonly challengeId: string;
  readonly challenge: string;
  readonly transaction: { readonly digest: string };
}

/** What is approved: the SHA-256 of the canonical form of the transaction (RFC 8785), in base64url. */
function digestOf(transaction: Transaction): string {
  return createHash('sha256')
    .update(canonicalize(transaction) ?? '')
    .digest('base64url');
}

/** The app: has its user approve a transaction with the key of the device. Gives the token that goes with the order. */
export async function approve(client: GatewayClient, session: AppSession, transaction: Transaction): Promise<string> {
  const { accessToken: token, deviceId } = session;
  const body = { factorId: deviceId, transaction };
  const asked = await client.send('POST', '/v1/auth/step-up/challenge', { token, body });
  const question = expectStatus<Question>(asked, 200);
  // What the person sees is what is signed: the app shows its own transaction and computes the digest itself.
  const digest = digestOf(transaction);
  if (question.transaction.digest !== digest) throw new Error('another transaction was asked for');
  const signature = session.sign('user-service.device-key.approve.v1', deviceId, question.challenge, digest);
  const answer = { challengeId: question.challengeId, response: { signature } };
  const approved = await client.send('POST', '/v1/auth/step-up/verify', { token, body: answer });
  return expectStatus<{ transactionToken: string }>(approved, 200).transactionToken;
}

/** The payments service: a client of auth with a certificate of its own. */
export function authClient(
  baseUrl: string,
  tls: { ca: string; cert: string; key: string },
): Client<typeof AuthService> {
  return createClient(AuthService, createConnectTransport({ baseUrl, httpVersion: '2', nodeOptions: tls }));
}

/** An order as the payments service receives it, from a person whose access token it has verified. */
export interface PaymentOrder {
  readonly accessToken: string;
  readonly transactionToken: string;
  readonly payment: Transaction['payload'];
}

/** The payments service: executes an order that its payer has approved, exactly as it stands, and no other. */
export async function executePayment(
  auth: Client<typeof AuthService>,
  order: PaymentOrder,
  book: (payment: PaymentOrder['payment'], approval: { transactionId: string; userId: string }) => Promise<void>,
): Promise<void> {
  const { accessToken, transactionToken: token, payment: payload } = order;
  const request = { token, type: 'payment', payload };
  // Throws when it is not approved, or was used: then nothing is booked, and the person approves it again.
  const { transactionId, userId } = await auth.consumeTransactionToken(request as never, {
    headers: { 'bank-user-token': accessToken },
    timeoutMs: 2000,
  });
  await book(payload, { transactionId, userId });
}
