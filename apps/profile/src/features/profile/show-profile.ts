import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, personalProfileFields, UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { type MaskedProfile, maskProfile } from '#features/profile/masking.ts';
import { requireBelow } from '#features/standing/require-below.ts';

const ShowProfile = v.pipe(
  v.strictObject({
    userId: UserIdSchema,
    unmask: v.pipe(v.array(v.picklist(personalProfileFields)), v.maxLength(personalProfileFields.length)),
    noteId: v.optional(Uuidv7Schema),
  }),
  v.check(({ unmask, noteId }) => unmask.length === 0 || noteId !== undefined, 'note_needed'),
);

/**
 * A user's profile for staff, every value of the person masked; in full only those named, to who may unmask, stands above (SR-72)
 * and says why by a note. Whatever was shown is told to the ledger, or not shown.
 * @throws auth.token.missing, request.invalid, access.forbidden, auth.step_up.required, profile.not_found,
 * profile.unreadable, service.unavailable
 */
export async function showProfile(ctx: AppContext, actor: Actor, input: unknown): Promise<MaskedProfile> {
  const mayRead = allow.permission(actor, 'users.read');
  const { userId, unmask, noteId } = parse(ShowProfile, input);
  const who = unmask.length === 0 ? mayRead : allow.permission(actor, 'users.unmask');
  if (unmask.length > 0) await requireBelow(ctx, actor, userId);
  return await withTransaction(ctx, { who, audits: ['profile.read'] }, async (tx) => {
    const profile = await tx.profiles.find(userId);
    if (profile === undefined) throw new DomainError('profile.not_found');
    const fields = personalProfileFields.filter((field) => unmask.includes(field)).join(' ');
    const details = fields === '' || noteId === undefined ? { masked: true } : { fields, noteId };
    await tx.audit({ action: 'profile.read', subject: userId, outcome: 'success', details });
    return maskProfile(profile, new Set(unmask));
  });
}
