import type { FactorView } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/** What a user sees of a factor. */
export function toFactorView({ id, type, label, confirmedAt, lastUsedAt, isPreferred }: ConfirmedFactor): FactorView {
  const usedAt = lastUsedAt?.toISOString() ?? null;
  return { id, type, label, confirmedAt: confirmedAt.toISOString(), lastUsedAt: usedAt, preferred: isPreferred };
}
