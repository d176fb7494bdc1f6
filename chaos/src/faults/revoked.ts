import type { Chaos } from '#chaos.ts';
import { GatewayClient } from '#load/gateway-client.ts';
import { Journal, type Revoked } from '#load/journal.ts';

const routes = ['/v1/auth/session', '/v1/profile', '/v1/devices', '/v1/mfa/factors'];

/** With Redis a second (SR-46); without it processes ask auth after five seconds of silence, and wait up to two for its answer. */
export const heardWithinMs = 7_000;
/** An access token lives five minutes; one that is about to end proves nothing. */
const provesForMs = 240_000;
/** Shown each time: as many of those just ended, and as many that ended at any time. */
const ofEach = 3;

export interface Probe {
  /** How often a token of an ended session was shown, and how often it could not be known whether it was good. */
  shown: number;
  unavailable: number;
  /** How long after its end a session was last let in, in milliseconds. */
  letInUntilMs: number;
}

/** Shows access tokens of ended sessions to every app that takes them. */
export async function showRevoked({ stack, journal, random }: Chaos, probe: Probe): Promise<void> {
  const now = performance.now();
  const fit = journal.revoked.filter(({ at }) => now - at < provesForMs);
  const older = Array.from({ length: fit.length === 0 ? 0 : ofEach }, () => random.pick(fit));
  const client = new GatewayClient(stack.addresses.gateway, new Journal());
  for (const { accessToken: token, at } of [...fit.slice(-ofEach), ...older]) {
    for (const route of routes) {
      const askedAt = performance.now();
      const { status } = await client.send('GET', route, { token });
      probe.shown += 1;
      if (status === 503) probe.unavailable += 1;
      else if (status !== 401) probe.letInUntilMs = Math.max(probe.letInUntilMs, askedAt - at);
    }
  }
}

/** The revoked tokens that a probe could show now. */
export function youngEnough(revoked: readonly Revoked[]): number {
  return revoked.filter(({ at }) => performance.now() - at < provesForMs).length;
}
