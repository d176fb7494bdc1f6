import type { Chore } from '@bank/database';
import type { AppContext } from '#context.ts';
import { closeExpired } from '#features/approval/close-expired.ts';

/** What is done by the schedule. */
export function tidyingChores(ctx: AppContext): readonly Chore[] {
  return [{ name: 'expired approvals', run: () => closeExpired(ctx) }];
}
