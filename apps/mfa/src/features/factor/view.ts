import type { FactorView } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';

/** What a user sees of his factor. */
export function toFactorView({ id, type, confirmedAt, lastUsedAt }: ConfirmedFactor): FactorView {
  return { id, type, confirmedAt: confirmedAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
