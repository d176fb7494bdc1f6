import { codeHashes } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { CodeResponse } from '#factor-types/code.ts';
import {
  defineFactorType,
  type FactorType,
  type FactorTypeParts,
  type NamedFactorType,
} from '#factor-types/factor-type.ts';
import { sentCodeSeconds } from '#factor-types/sent-code/policies.ts';
import { codeUse, sendCode } from '#factor-types/sent-code/send-code.ts';
import type { SentCodeType } from '#factor-types/sent-code/storage/sent-code.entity.ts';
import { tooManyTries } from '#features/challenge/refusals.ts';

/** A kind of factor that is proved by a code sent to an address of its user. */
export type SentCodeFactor<N extends SentCodeType = SentCodeType> = NamedFactorType<N>;

/** Such a kind, of what tells it from the others. */
export function sentCodeFactor<N extends SentCodeType>(
  name: N,
  worth: Pick<FactorTypeParts<CodeResponse, CodeResponse>, 'methods' | 'raises' | 'purposes' | 'notice'>,
): SentCodeFactor<N> {
  return defineFactorType(name, {
    ...worth,
    isSent: true,
    response: CodeResponse,
    confirmation: CodeResponse,
    challengeSeconds: sentCodeSeconds,
    async begin(tx, beginning) {
      const sent = await sendCode(tx, name, beginning);
      if ('notBefore' in sent) throw tooManyTries(sent.notBefore, beginning.now);
      return undefined;
    },
    check: (tx, given, { code }) => useCode(tx, name, { ...given, code }),
    // A factor under enrolment is its own challenge.
    confirm: (tx, given, { code }) => useCode(tx, name, { ...given, challengeId: given.factorId, code }),
  });
}

function useCode(
  tx: AppTransaction,
  type: SentCodeType,
  { userId, challengeId, code, now }: Parameters<FactorType['check']>[1] & { challengeId: string; code: string },
): Promise<boolean> {
  // Any key of the ring: it may have been exchanged since the code was sent.
  const digests = codeHashes(tx.keys.limits, codeUse(challengeId), code);
  return tx.sentCodes.consume(userId, type, { challengeId, digests, now });
}
