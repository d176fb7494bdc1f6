import { DomainError } from '@bank/domain';
import {
  type AccessClaims,
  boundToken,
  type PresentedToken,
  type ProofChecker,
  type ProofDemand,
} from '@bank/verifier';
import type { Exchange } from '#http/exchange.ts';

/** The header that a proof of possession comes in (RFC 9449 §4.1), and the one that says what the next must hold (§8). */
const proofHeader = 'dpop';

/**
 * Holds a token against the key it is bound to (`cnf`, RFC 9449 §7): a bound one is good with the scheme `DPoP` and a proof
 * alone, one that is not bound with `Bearer` alone (SR-60). Gives the proof, for calls on the person's behalf.
 * @throws auth.token.invalid, auth.proof.invalid, auth.proof.nonce_required
 */
export async function checkPossession(
  exchange: Exchange,
  presented: PresentedToken,
  claims: AccessClaims,
  proofs: ProofChecker | undefined,
): Promise<string | undefined> {
  const bound = boundToken(presented, claims);
  return bound === undefined ? undefined : await checkProof(exchange, proofs, bound);
}

/**
 * Notes whose key a request without a token proves, if any does: tokens that it is given are bound to that (RFC 9449 §5).
 * @throws auth.proof.invalid, auth.proof.nonce_required
 */
export async function acceptProof(exchange: Exchange, proofs: ProofChecker | undefined): Promise<void> {
  if (exchange.header(proofHeader) !== undefined) {
    await checkProof(exchange, proofs);
  }
}

/** Answers a request that holds a proof with what the next must hold, whoever checks it. */
export function offerNonce(exchange: Exchange, proofs: ProofChecker | undefined): void {
  if (exchange.header(proofHeader) !== undefined) exchange.proofNonce = proofs?.nonce();
}

async function checkProof(
  exchange: Exchange,
  proofs: ProofChecker | undefined,
  bound?: ProofDemand['bound'],
): Promise<string> {
  const proof = exchange.header(proofHeader);
  if (proof === undefined || proofs === undefined) {
    throw unproven(proof === undefined ? 'a key-bound token without proof' : 'proofs are not checked here');
  }
  exchange.proofNonce = proofs.nonce();
  const { pathname: path } = new URL(exchange.target);
  exchange.proof = await proofs.check(proof, { method: exchange.verb, path, ...(bound && { bound }) });
  return proof;
}

function unproven(reason: string): DomainError {
  return new DomainError('auth.proof.invalid', { reason });
}
