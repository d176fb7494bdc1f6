import { STATUS_CODES } from 'node:http';
import { type AssuranceLevel, type Clock, DomainError, type ErrorKind, meetsStepUp, systemClock } from '@bank/domain';
import { challengeOf } from '#guard/challenge.ts';
import { boundToken, type PresentedToken, presentedToken } from '#guard/presented-token.ts';
import { type GuardedRequest, headerOf, pathOf } from '#guard/request.ts';
import type { BoundToken } from '#proof/claims.ts';
import type { ProofChecker } from '#proof/proof-checker.ts';
import type { AccessClaims } from '#token/access-claims.ts';
import type { Verifier } from '#verifier.ts';

/** What a guard is made of. */
export interface GuardOptions {
  readonly verifier: Pick<Verifier, 'verify'>;
  /** Without it a key-bound token is refused, whoever presents it. */
  readonly proofs?: Pick<ProofChecker, 'check' | 'nonce'>;
  /** `realm` of the challenges (RFC 9110 §11.5). */
  readonly realm?: string;
  /** The system's, unless said. */
  readonly clock?: Clock;
}

/** What a request needs beside a good token. */
export interface Demand {
  /** The one audience that will do, where the verifier takes several. */
  readonly audience?: string;
  /** The lowest assurance that will do (RFC 9470). */
  readonly acr?: AssuranceLevel;
  /**
   * How long ago the person may have proven who they are, in seconds, and by more than a password: that alone, on a device that was
   * not known to be theirs, counts at no age.
   */
  readonly maxAgeSeconds?: number;
}

/** A request that may pass. */
export interface Admitted {
  readonly kind: 'admitted';
  readonly claims: AccessClaims;
  /** Header fields for the answer, whatever it will be: `dpop-nonce`, or none. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that is to be answered with this. */
export interface Refused {
  readonly kind: 'refused';
  /** 401: sign in, refresh, or make the proof again. 403: a step-up would do. 503: it cannot be known now. */
  readonly status: 401 | 403 | 503;
  /** `cache-control`, and where they apply `www-authenticate`, `dpop-nonce` and `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body, as `application/problem+json`. */
  readonly problem: Problem;
  /** For the log: its `reason` says what was wrong. Not for the client. */
  readonly error: DomainError;
}

/** RFC 9457, with the code that clients go by, and what a step-up or a retry needs. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly acr?: AssuranceLevel;
  readonly maxAgeSeconds?: number;
  readonly retryAfterSeconds?: number;
}

/** Decides for each request whether it may pass. */
export interface Guard {
  /**
   * Checks the access token of a request, the proof beside it where the token is bound to a key, and what is demanded; the proof is
   * used up. Every expected outcome is an answer. @throws whatever else a port of the verifier or of the proofs throws
   */
  admit(request: GuardedRequest, demand?: Demand): Promise<Admitted | Refused>;
}

const statuses: Partial<Record<ErrorKind, Refused['status']>> = {
  unauthenticated: 401,
  forbidden: 403,
  unavailable: 503,
};

/** Puts verifier and proofs together to one question a request (SR-60, SR-62), answered as the User Service's own apps answer. */
export function createGuard({ verifier, proofs, realm, clock = systemClock }: GuardOptions): Guard {
  async function check(request: GuardedRequest, { token, scheme }: PresentedToken, demand: Demand): Promise<Admitted> {
    const { audience } = demand;
    const claims = await verifier.verify(token, audience === undefined ? {} : { audience });
    const bound = boundToken({ token, scheme }, claims);
    if (bound !== undefined) await checkProof(request, proofs, bound);
    requireStrength(claims, demand, clock.now());
    return { kind: 'admitted', claims, headers: bound === undefined ? {} : nonceField(proofs) };
  }

  return {
    async admit(request, demand = {}) {
      let presented: PresentedToken | undefined;
      try {
        presented = presentedToken(headerOf(request, 'authorization'));
        return await check(request, presented, demand);
      } catch (error) {
        const status = error instanceof DomainError ? statuses[error.kind] : undefined;
        if (status === undefined) throw error;
        return refusal(error as DomainError, status, { proofs, realm, scheme: presented?.scheme });
      }
    },
  };
}

async function checkProof(request: GuardedRequest, proofs: GuardOptions['proofs'], bound: BoundToken): Promise<void> {
  const proof = headerOf(request, 'dpop');
  if (proof === undefined || proofs === undefined) {
    const reason = proof === undefined ? 'a key-bound token without proof' : 'proofs are not checked here';
    throw new DomainError('auth.proof.invalid', { reason });
  }
  await proofs.check(proof, { method: request.method, path: pathOf(request), bound });
}

function requireStrength(claims: AccessClaims, { acr, maxAgeSeconds }: Demand, now: Date): void {
  const authTime = new Date(claims.authTime * 1000);
  if (meetsStepUp({ ...claims, authTime }, { acr, maxAgeSeconds }, now)) return;
  const details = { ...(acr !== undefined && { acr }), ...(maxAgeSeconds !== undefined && { maxAgeSeconds }) };
  throw new DomainError('auth.step_up.required', { details });
}

interface RefusalTerms {
  readonly proofs: GuardOptions['proofs'];
  readonly realm: string | undefined;
  readonly scheme: PresentedToken['scheme'] | undefined;
}

function refusal(error: DomainError, status: Refused['status'], { proofs, realm, scheme }: RefusalTerms): Refused {
  const { code, publicMessage, details } = error;
  const { acr, maxAgeSeconds } = details;
  const retryAfterSeconds = status === 503 ? Math.max(1, Math.ceil(details.retryAfterSeconds ?? 1)) : undefined;
  const challenge = challengeOf(error, {
    takesProofs: proofs !== undefined,
    ...(realm !== undefined && { realm }),
    ...(scheme !== undefined && { scheme }),
  });
  const headers = {
    'cache-control': 'no-store',
    ...(challenge !== undefined && { 'www-authenticate': challenge }),
    ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    ...(scheme === 'DPoP' ? nonceField(proofs) : {}),
  };
  const problem = {
    ...{ type: `urn:bank:problem:${code}`, title: STATUS_CODES[status] ?? '', status, code, detail: publicMessage },
    ...(acr !== undefined && { acr }),
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  return { kind: 'refused', status, headers, problem, error };
}

function nonceField(proofs: GuardOptions['proofs']): Readonly<Record<string, string>> {
  const nonce = proofs?.nonce();
  return nonce === undefined ? {} : { 'dpop-nonce': nonce };
}
