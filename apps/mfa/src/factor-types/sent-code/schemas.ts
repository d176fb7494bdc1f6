import { UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { registered } from '#factor-types/registry.ts';
import { Label } from '#features/factor/schemas.ts';

/** Kinds that are sent to nobody and raise a password, the best first. */
export const strongerThanSent = registered
  .filter(({ raises, isSent }) => raises && !isSent)
  .toSorted((a, b) => Number(b.isPhishingResistant) - Number(a.isPhishingResistant) || b.staffWorth - a.staffWorth)
  .map(({ name }) => name);

export const SentCodeEnrolment = v.strictObject({ label: v.optional(Label) });

/**
 * A code is on its way to the address of the hint. Another may be asked for by beginning again, `resendAfter` seconds later.
 * `stronger` are the kinds of factors that protect better: to be offered first (SR-28).
 */
export const SentCodeView = v.strictObject({
  factorId: UuidSchema,
  hint: v.string(),
  expiresIn: v.number(),
  resendAfter: v.number(),
  stronger: v.array(v.picklist(strongerThanSent)),
});
export type SentCodeView = v.InferOutput<typeof SentCodeView>;
