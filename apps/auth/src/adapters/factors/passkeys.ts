import { parse, type UserId, UserIdSchema } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import {
  type Assertion,
  assertionMessage,
  factsOf,
  type PasskeyFacts,
  type PasskeyQuestion,
  questionOf,
} from '#adapters/factors/assertion.ts';
import { noAnswerOf, personWaitsMs, refusalCodeOf } from '#adapters/no-answer.ts';

/** An answer to a question that names nobody. */
export interface PasskeyAnswer {
  /** Of the sign-in, for the ledger of mfa. */
  signInId: string;
  challenge: Uint8Array;
  assertion: Assertion;
  /** Of the session that is to open: it says whose pages may have asked. */
  audience: string;
}

export type PasskeyVerdict =
  | { kind: 'accepted'; userId: UserId; factorId: string; passkey: PasskeyFacts }
  /** Unknown, forged, copied, of other pages, or of nobody any more: which of these is not told. */
  | { kind: 'wrong' };

/** Sign-ins by a passkey alone. Both methods throw service.unavailable when there is no answer. */
export interface Passkeys {
  /** What any passkey is asked with, and the challenge of 32 bytes in it, which mfa does not keep. */
  ask(): Promise<{ challenge: Uint8Array; question: PasskeyQuestion }>;
  verify(answer: PasskeyAnswer): Promise<PasskeyVerdict>;
}

/** Asks the mfa service. */
export function createPasskeys(options: RpcClientOptions): Passkeys {
  const mfa = createRpcClient(MfaService, { ...options, deadlineMs: personWaitsMs });
  return {
    async ask() {
      try {
        const { options: asked } = await mfa.startPasskeySignIn({});
        return { question: questionOf(asked), challenge: asked?.challenge ?? new Uint8Array() };
      } catch (error) {
        throw noAnswerOf('mfa', error);
      }
    },
    async verify({ assertion, ...answer }) {
      try {
        const { userId, factorId, passkey } = await mfa.verifyPasskeySignIn({
          ...answer,
          assertion: assertionMessage(assertion),
        });
        return { kind: 'accepted', userId: parse(UserIdSchema, userId), factorId, passkey: factsOf(passkey) };
      } catch (error) {
        if (refusalCodeOf(error) === 'auth.second_factor.invalid') return { kind: 'wrong' };
        throw noAnswerOf('mfa', error);
      }
    },
  };
}
