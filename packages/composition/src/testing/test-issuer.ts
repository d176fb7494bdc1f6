import {
  type ApprovalAction,
  type ApprovalPayload,
  approvalSeconds,
  audiences,
  type Clock,
  countingRoles,
  type Role,
  systemClock,
  uuidv7,
} from '@bank/domain';
import { approvalDigest, generateSigningKey, type PublicJwk, publicJwk, signJwt } from '@bank/security';
import { createRevocationFeed, createVerifier, type RevocationMessage, type Verifier } from '@bank/verifier';

/** Whom a token is for; a fresh customer at `aal1` unless said otherwise. Times are epoch seconds. */
export interface TokenOptions {
  readonly userId?: string;
  readonly sessionId?: string;
  readonly deviceId?: string;
  readonly roles?: readonly Role[];
  readonly acr?: 'aal1' | 'aal2' | 'aal3';
  /** The password on a known device unless said. */
  readonly amr?: readonly string[];
  readonly audience?: string;
  readonly authTime?: number;
  /** Thumbprint of the key that it is bound to; none unless said. */
  readonly jkt?: string;
}

/** Who asks for what, by a new approval unless its id is said. `issuedAt` in epoch seconds, now unless said. */
export interface ApprovalOptions<A extends ApprovalAction> {
  readonly makerId: string;
  readonly action: A;
  readonly payload: ApprovalPayload<A>;
  readonly approvalId?: string;
  readonly makerRoles?: readonly Role[];
  readonly issuedAt?: number;
}

/** Issues access tokens as `auth` does, and verifies them as every app does. */
export interface TestIssuer {
  readonly verifier: Verifier;
  /** Its public keys, as `auth` publishes them. */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
  token(options?: TokenOptions): string;
  /** A request of a member of staff, as `auth` signs it. */
  approval<A extends ApprovalAction>(options: ApprovalOptions<A>): string;
  /** Ends a session for the verifier, at once. */
  revoke(sessionId: string): void;
}

const lifeSeconds = 300;
const heartbeatMs = 1000;

/** An issuer with a key and a revocation feed of its own, in memory: the ports of the verifier, without `auth`. */
export function testIssuer({ issuer, clock = systemClock }: { issuer: string; clock?: Clock }): TestIssuer {
  const key = generateSigningKey('test-key');
  const jwks = { keys: [publicJwk(key)] };
  const channel = memoryChannel();
  const feed = createRevocationFeed({
    channel,
    refill: async () => channel.last(),
    clock,
    logger: { info: () => undefined, warn: () => undefined },
  });
  const verifier = createVerifier({
    issuer,
    audiences: Object.values(audiences),
    jwks: { load: async () => ({ document: jwks, maxAgeSeconds: 300 }) },
    feed,
    clock,
  });
  return {
    verifier,
    jwks,
    token: (options = {}) => signJwt(key, 'at+jwt', claimsOf(issuer, clock.now().getTime() / 1000, options)),
    approval: (options) => signJwt(key, 'approval+jwt', approvalClaims(issuer, clock.now().getTime() / 1000, options)),
    revoke(sessionId) {
      const now = clock.now().getTime();
      channel.add({ sid: sessionId, notBefore: now, expiresAt: now + 2 * lifeSeconds * 1000 });
    },
  };
}

function claimsOf(issuer: string, now: number, options: TokenOptions) {
  const { audience = audiences.customers } = options;
  return {
    iss: issuer,
    aud: audience,
    sub: options.userId ?? uuidv7(),
    sid: options.sessionId ?? uuidv7(),
    jti: uuidv7(),
    iat: now,
    exp: Math.floor(now) + lifeSeconds,
    auth_time: options.authTime ?? Math.floor(now),
    acr: options.acr ?? 'aal1',
    amr: [...(options.amr ?? ['pwd', 'device'])],
    roles: [...countingRoles(audience, options.roles ?? ['customer'])],
    ...(options.deviceId !== undefined && { did: options.deviceId }),
    ...(options.jkt !== undefined && { cnf: { jkt: options.jkt } }),
  };
}

function approvalClaims<A extends ApprovalAction>(issuer: string, now: number, options: ApprovalOptions<A>) {
  const { makerId, action, payload, approvalId = uuidv7(), makerRoles = ['admin'], issuedAt = now } = options;
  return {
    iss: issuer,
    jti: approvalId,
    sub: makerId,
    roles: [...makerRoles],
    act: action,
    dig: Buffer.from(approvalDigest(action, payload)).toString('base64url'),
    iat: issuedAt,
    exp: Math.floor(issuedAt) + approvalSeconds,
  };
}

/** The channel's port in memory: hands messages to its one subscriber, and a heartbeat each second. */
function memoryChannel() {
  let state: RevocationMessage = { epoch: 1, number: 0, entries: [] };
  let push: (message: RevocationMessage) => void = () => undefined;
  return {
    last: () => state,
    async publish(message: RevocationMessage) {
      push(message);
    },
    async subscribe(onMessage: (message: RevocationMessage) => void) {
      push = onMessage;
      const timer = setInterval(() => onMessage({ ...state, entries: [] }), heartbeatMs).unref();
      return async () => clearInterval(timer);
    },
    add(entry: Omit<RevocationMessage['entries'][number], 'number'>) {
      const numbered = { ...entry, number: state.number + 1 };
      state = { ...state, number: numbered.number, entries: [...state.entries, numbered] };
      push({ ...state, entries: [numbered] });
    },
  };
}
