import type { DomainError } from '@bank/domain';
import { proofAlgorithms } from '#proof/key.ts';

/** What a challenge says of the service beside the error. */
export interface ChallengeTerms {
  /** RFC 9110 §11.5. Left out, the challenge names none. */
  readonly realm?: string;
  /** Whether key-bound tokens are taken, so that the scheme `DPoP` is offered. */
  readonly takesProofs: boolean;
  /** The scheme that the refused request used, where it used one. */
  readonly scheme?: 'Bearer' | 'DPoP';
}

/**
 * The value of `WWW-Authenticate` that belongs to an error: what was wrong, in the scheme that it concerns, and both schemes where
 * neither was used (RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3). Undefined for errors that no other token would mend.
 */
export function challengeOf({ code, kind, details }: DomainError, terms: ChallengeTerms): string | undefined {
  switch (code) {
    case 'auth.token.invalid':
      return inEachScheme(terms, 'invalid_token');
    case 'auth.proof.invalid':
      return terms.takesProofs ? possession(terms, 'invalid_dpop_proof') : bearer(terms, 'invalid_token');
    case 'auth.proof.nonce_required':
      return possession(terms, 'use_dpop_nonce');
    case 'auth.step_up.required': {
      const { acr, maxAgeSeconds } = details;
      const wanted = { acr_values: acr, max_age: maxAgeSeconds?.toString() };
      const error = 'insufficient_user_authentication';
      return terms.scheme === 'DPoP' ? possession(terms, error, wanted) : bearer(terms, error, wanted);
    }
    default:
      return kind === 'unauthenticated' ? inEachScheme(terms) : undefined;
  }
}

type Parameters = Readonly<Record<string, string | undefined>>;

function inEachScheme(terms: ChallengeTerms, error?: string): string {
  return terms.takesProofs ? `${bearer(terms, error)}, ${possession(terms, error)}` : bearer(terms, error);
}

function bearer({ realm }: ChallengeTerms, error?: string, others: Parameters = {}): string {
  return challenge('Bearer', { realm, error, ...others });
}

function possession({ realm }: ChallengeTerms, error?: string, others: Parameters = {}): string {
  return challenge('DPoP', { realm, algs: proofAlgorithms.join(' '), error, ...others });
}

function challenge(scheme: string, parameters: Parameters): string {
  const said = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return [scheme, said.map(([name, value]) => `${name}="${value}"`).join(', ')].join(' ').trim();
}
