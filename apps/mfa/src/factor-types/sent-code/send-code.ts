import { messageOf, smsOf } from '@bank/notifications';
import { generateCode, hashCode } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import type { Beginning } from '#factor-types/factor-type.ts';
import { nextCodeFrom, sendsAfter, sentCodeSeconds } from '#factor-types/sent-code/policies.ts';
import type { SentCodeType } from '#factor-types/sent-code/storage/sent-code.entity.ts';
import { poolOf } from '#features/challenge/policies.ts';

const templates = { sign_in: 'sign-in-code', step_up: 'step-up-code', enrolment: 'factor-code' } as const;

/**
 * Sends a new code by one of the ways, to the proven address that its user has at that moment; it takes the place of the one
 * before in its pool (SR-14, SR-26). Its user's row is locked. Gives when to ask again where that was too soon: nothing is sent then.
 */
export async function sendCode(
  tx: AppTransaction,
  type: SentCodeType,
  { userId, challengeId, now, ...about }: Omit<Beginning, 'factorId' | 'expiresAt'>,
): Promise<{ readonly notBefore: Date } | { readonly sends: number }> {
  const place = { userId, type, pool: poolOf(about.purpose) };
  const last = await tx.sentCodes.findSends(place);
  const from = nextCodeFrom(last, now);
  if (from !== undefined) return { notBefore: from };
  const code = generateCode();
  const digest = hashCode(tx.keys.limits, codeUse(challengeId), code);
  const expiresAt = new Date(now.getTime() + sentCodeSeconds * 1000);
  const sends = sendsAfter(last, now);
  await tx.sentCodes.replace(place, { challengeId, digest, expiresAt, sends, sentAt: now });
  await tx.deliver({ to: { userId }, channel: type, expiresAt, ...worded(type, about, code) });
  return { sends };
}

/** A code that approves a transaction comes with what it approves, and by text message alone (SR-63). */
function worded(
  type: SentCodeType,
  { purpose, transaction }: Pick<Beginning, 'purpose' | 'transaction'>,
  code: string,
) {
  const words = { code, minutes: sentCodeSeconds / 60 };
  if (purpose === 'transaction') return smsOf('transaction-code', { ...words, transaction: transaction?.text ?? '' });
  return type === 'sms' ? smsOf(templates[purpose], words) : messageOf(templates[purpose], words);
}

/** What a code is good for: the challenge that it was sent for (SR-24). */
export const codeUse = (challengeId: string) => ({ purpose: 'factor-code', binding: challengeId });
