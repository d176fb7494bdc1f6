import { generateCode, hashCode, matchesCode, mintToken, readToken, sameBytes } from '@bank/security';
import type { AppContext } from '#context.ts';
import type { ProofKind } from '#features/registration/policies.ts';
import { codeSeconds, linkSeconds } from '#features/registration/policies.ts';

const linkPrefix = 'rl';

/** What proves that somebody reads the mail of an address: the plain form goes into the message, the rest is stored. */
export interface Proof {
  readonly kind: ProofKind;
  /** The six digits, or the secret part of the link. */
  readonly plain: string;
  readonly codeHash: Uint8Array | null;
  readonly linkDigest: Uint8Array | null;
  readonly expiresAt: Date;
}

export interface StoredProof {
  readonly id: string;
  readonly codeHash: Uint8Array | null;
  readonly linkDigest: Uint8Array | null;
  readonly codeExpiresAt: Date;
}

/** Makes a new proof for a registration; it replaces the older one (SR-26). */
export function makeProof(ctx: AppContext, registrationId: string, kind: ProofKind): Proof {
  const now = ctx.clock.now().getTime();
  if (kind === 'link') {
    const { token, digest } = mintToken(linkPrefix, registrationId);
    const plain = token.slice(token.indexOf('.') + 1);
    return { kind, plain, codeHash: null, linkDigest: digest, expiresAt: new Date(now + linkSeconds * 1000) };
  }
  const plain = generateCode();
  const codeHash = hashCode(ctx.keys.limits, useOf(registrationId), plain);
  return { kind, plain, codeHash, linkDigest: null, expiresAt: new Date(now + codeSeconds * 1000) };
}

/** Whether what was presented proves it. */
export function proves(ctx: AppContext, stored: StoredProof, presented: string): boolean {
  if (stored.codeExpiresAt <= ctx.clock.now()) return false;
  if (stored.linkDigest !== null) {
    const read = readToken(linkPrefix, `${linkPrefix}_${stored.id}.${presented}`);
    return read !== undefined && sameBytes(read.digest, stored.linkDigest);
  }
  const { codeHash } = stored;
  return codeHash !== null && matchesCode(ctx.keys.limits, useOf(stored.id), presented, codeHash);
}

const useOf = (registrationId: string) => ({ purpose: 'registration-code', binding: registrationId });
