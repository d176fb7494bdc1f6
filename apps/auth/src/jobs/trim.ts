import type { Chore } from '@bank/database';
import type { AppContext } from '#context.ts';
import { trimActivations } from '#features/activation/trim-activations.ts';
import { trimRegistrations } from '#features/registration/trim-registrations.ts';
import { numberChanges } from '#features/user-watch/number-changes.ts';

/** What is done by the schedule. */
export function trimmingChores(ctx: AppContext): readonly Chore[] {
  return [
    { name: 'registrations', run: () => trimRegistrations(ctx) },
    { name: 'activations', run: () => trimActivations(ctx) },
    // While nobody listens to changes of users nobody else numbers them, and what has no number is not trimmed.
    { name: 'user_change_numbers', run: () => numberChanges(ctx) },
  ];
}
