import { DomainError, isPasskey } from '@bank/domain';
import { ChallengePurpose, MfaService } from '@bank/proto/mfa';
import { toBase64Url } from '@bank/security';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import {
  type Assertion,
  assertionMessage,
  factsOf,
  type PasskeyFacts,
  type PasskeyQuestion,
  questionOf,
} from '#adapters/factors/assertion.ts';
import type { ProvedBy } from '#adapters/factors/factor-kind.ts';
import { kindOf } from '#adapters/factors/told-kinds.ts';
import { noAnswerOf, personWaitsMs, refusalCodeOf } from '#adapters/no-answer.ts';

/** What an answer will be good for, and for nothing else (SR-24): the sign-in, session or recovery that `bindingId` names. */
export interface ChallengeBinding {
  userId: string;
  purpose: 'sign_in' | 'step_up' | 'recovery' | 'transaction';
  bindingId: string;
  /** Of the session that is to open or is live: it says whose pages may ask for a passkey. */
  audience: string;
}

/** The answer of a factor, by what it is. */
export type FactorAnswer = { code: string } | { assertion: Assertion };

/** What a user presents: the answer of a factor, or a recovery code in place of one. */
export type Proof = { challengeId: string; answer: FactorAnswer } | { recoveryCode: string };

interface Locked {
  kind: 'locked';
  retryAfterSeconds: number;
}

export type StartedFactor =
  | {
      kind: 'started';
      challengeId: string;
      /** The name of its kind. */
      type: string;
      expiresAt: Date;
      question: PasskeyQuestion | undefined;
      /** In base64url: with the digest of a transaction it gives what a passkey signs. */
      nonce?: string;
    }
  /** Not a confirmed factor of that user. */
  | { kind: 'unknown' }
  | Locked;

export type ProofVerdict =
  /** Of a passkey its facts come along, and of nothing else. */
  | { kind: 'accepted'; by: ProvedBy; passkey?: PasskeyFacts }
  | { kind: 'wrong' }
  /** Wrong, and for the clock of what made it: that is told. */
  | { kind: 'wrong'; isClockOff: true }
  /** The challenge is over, or never was. */
  | { kind: 'closed' }
  | Locked;

/** A transaction in one line, and its SHA-256. */
export interface StatedTransaction {
  text: string;
  digest: Uint8Array;
}

/** Asks people for their second factors. Both methods throw service.unavailable when there is no answer. */
export interface FactorChallenges {
  /** With what the user is to approve, for a transaction alone. */
  start(binding: ChallengeBinding, factorId: string, transaction?: StatedTransaction): Promise<StartedFactor>;
  verify(binding: ChallengeBinding, proof: Proof): Promise<ProofVerdict>;
}

const purposes = {
  sign_in: ChallengePurpose.SIGN_IN,
  step_up: ChallengePurpose.STEP_UP,
  recovery: ChallengePurpose.RECOVERY,
  transaction: ChallengePurpose.TRANSACTION,
} as const;

/** Asks the mfa service. */
export function createFactorChallenges(options: RpcClientOptions): FactorChallenges {
  const mfa = createRpcClient(MfaService, { ...options, deadlineMs: personWaitsMs });
  return {
    async start({ userId, bindingId, purpose }, factorId, transaction) {
      try {
        const transactionDigest = new Uint8Array(transaction?.digest ?? []);
        const stated = { transactionText: transaction?.text ?? '', transactionDigest };
        const request = { userId, bindingId, factorId, purpose: purposes[purpose], ...stated };
        const answer = await mfa.startChallenge(request);
        const { challengeId, expiresAt, options: asked } = answer;
        if (expiresAt === undefined) throw new Error('a challenge needs an end');
        const kind = kindOf(answer, options.logger);
        const question = isPasskey(kind) ? questionOf(asked) : undefined;
        const end = timestampDate(expiresAt);
        const started = { kind: 'started', challengeId, type: kind.name, expiresAt: end, question } as const;
        const nonce = asked?.nonce ?? [];
        return nonce.length === 0 ? started : { ...started, nonce: toBase64Url(new Uint8Array(nonce)) };
      } catch (error) {
        if (refusalCodeOf(error) === 'factor.not_found') return { kind: 'unknown' };
        return lockedOrUnavailable(error);
      }
    },
    async verify({ purpose, ...binding }, proof) {
      try {
        const request = { ...binding, purpose: purposes[purpose], proof: toMessage(proof) };
        const answer = await mfa.verifyChallenge(request);
        if ('recoveryCode' in proof) return { kind: 'accepted', by: 'recovery_code' };
        const by = kindOf(answer, options.logger);
        return isPasskey(by) ? { kind: 'accepted', by, passkey: factsOf(answer.passkey) } : { kind: 'accepted', by };
      } catch (error) {
        if (refusalCodeOf(error) === 'auth.second_factor.invalid') return { kind: 'wrong' };
        if (refusalCodeOf(error) === 'auth.second_factor.clock_off') return { kind: 'wrong', isClockOff: true };
        if (refusalCodeOf(error) === 'challenge.not_found') return { kind: 'closed' };
        return lockedOrUnavailable(error);
      }
    },
  };
}

function toMessage(proof: Proof) {
  if ('recoveryCode' in proof) return { case: 'recoveryCode', value: proof.recoveryCode } as const;
  const { challengeId, answer } = proof;
  const given = 'code' in answer ? answer : { assertion: assertionMessage(answer.assertion) };
  return { case: 'answer', value: { challengeId, ...given } } as const;
}

/** @throws service.unavailable for everything that is no answer of mfa */
function lockedOrUnavailable(error: unknown): Locked {
  if (error instanceof DomainError && error.code === 'auth.second_factor.locked') {
    return { kind: 'locked', retryAfterSeconds: error.details.retryAfterSeconds ?? 1 };
  }
  throw noAnswerOf('mfa', error);
}
