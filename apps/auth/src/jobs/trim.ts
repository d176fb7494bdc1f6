import type { Chore } from '@bank/database';
import type { AppContext } from '#context.ts';
import { trimActivations } from '#features/activation/trim-activations.ts';
import { trimRegistrations } from '#features/registration/trim-registrations.ts';

/** What is done by the schedule. */
export function trimmingChores(ctx: AppContext): readonly Chore[] {
  return [
    { name: 'registrations', run: () => trimRegistrations(ctx) },
    { name: 'activations', run: () => trimActivations(ctx) },
  ];
}
