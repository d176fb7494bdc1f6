import type { FactorView } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/** What a user sees of his factor. */
export function toFactorView({ id, type, label, confirmedAt, lastUsedAt }: ConfirmedFactor): FactorView {
  return { id, type, label, confirmedAt: confirmedAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
