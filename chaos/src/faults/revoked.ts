import type { Chaos } from '#chaos.ts';
import { GatewayClient } from '#load/gateway-client.ts';
import { Journal, type Revoked } from '#load/journal.ts';

const routes = ['/v1/auth/session', '/v1/profile', '/v1/devices', '/v1/mfa/factors'];

/** Since a second has passed the end of a session holds everywhere (SR-46). */
const heardWithinMs = 1_000;
/** An access token lives five minutes; one that is about to end proves nothing. */
const provesForMs = 240_000;

export interface Probe {
  /** How often a token of an ended session was shown, and how often it was let in. */
  shown: number;
  letIn: number;
  unavailable: number;
}

/** Shows access tokens of ended sessions to every app that takes them. */
export async function showRevoked({ stack, journal }: Chaos, most: number, probe: Probe): Promise<void> {
  const now = performance.now();
  const fit = journal.revoked.filter(({ at }) => now - at > heardWithinMs && now - at < provesForMs).slice(-most);
  const client = new GatewayClient(stack.addresses.gateway, new Journal());
  for (const { accessToken: token } of fit) {
    for (const route of routes) count(probe, (await client.send('GET', route, { token })).status);
  }
}

function count(probe: Probe, status: number): void {
  probe.shown += 1;
  if (status === 503) probe.unavailable += 1;
  else if (status !== 401) probe.letIn += 1;
}

/** The revoked tokens that a probe could show now. */
export function youngEnough(revoked: readonly Revoked[]): number {
  return revoked.filter(({ at }) => performance.now() - at < provesForMs).length;
}
