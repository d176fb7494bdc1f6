import assert from 'node:assert/strict';
import {
  type CreationOptions,
  type RequestOptions,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '@bank/testing/webauthn';
import type { Tokens } from '#account.ts';
import { type Exchange, expectStatus, type GatewayClient } from '#client.ts';

const appearsWithinMs = 10_000;
const decidedWithinMs = 20_000;

/** An authenticator as people have one in their telephones: its passkeys are copied to their other devices. */
export function newPhone(): SoftwareAuthenticator {
  return softwareAuthenticator({ isSynced: true });
}

/**
 * Enrols a passkey on a page of the listener that the client talks to; waits for mfa to have heard of the user. Gives the id of
 * the factor. @throws AssertionError
 */
export async function enrolPasskey(
  client: GatewayClient,
  token: string,
  authenticator: SoftwareAuthenticator,
  label = 'My phone',
): Promise<string> {
  const isThere = ({ status }: Exchange) => status === 201;
  const body = { label };
  const begun = await client.sendUntil(isThere, appearsWithinMs, 'POST', '/v1/mfa/webauthn/options', { token, body });
  const { factorId, options } = expectStatus<{ factorId: string; options: CreationOptions }>(begun, 201);
  const response = authenticator.create(options, client.origin);
  const enrolled = await client.send('POST', '/v1/mfa/webauthn', { token, body: { factorId, response } });
  assert.equal(expectStatus<{ type: string }>(enrolled, 201).type, 'webauthn');
  return factorId;
}

interface Asked {
  readonly loginId: string;
  readonly options: RequestOptions;
}

/**
 * Signs in with a passkey alone, as the client that is named; again where a busy stack left mfa no time to answer.
 * @throws AssertionError
 */
export async function signInWithPasskey(
  client: GatewayClient,
  authenticator: SoftwareAuthenticator,
  { clientId = 'web', device }: { clientId?: string; device?: { secret: string } } = {},
): Promise<Tokens> {
  const { origin } = client;
  const headers = { origin };
  const deadline = performance.now() + decidedWithinMs;
  for (;;) {
    const asked = await client.send('POST', '/v1/auth/passkey/options', { headers, body: { clientId } });
    const isLast = performance.now() > deadline;
    if (asked.status === 503 && !isLast) continue;
    const { loginId, options } = expectStatus<Asked>(asked, 200);
    const response = authenticator.get(options, origin);
    const body = { loginId, response, clientId, ...(device !== undefined && { device }) };
    const answer = await client.send('POST', '/v1/auth/passkey/verify', { headers, body });
    if (answer.status !== 503 || isLast) return expectStatus<Tokens>(answer, 200);
  }
}
