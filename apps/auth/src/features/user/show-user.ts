import { withTransaction } from '@bank/database';
import {
  allow,
  DomainError,
  type Grant,
  parse,
  requireMayActOn,
  requireUser,
  UserIdSchema,
  Uuidv7Schema,
} from '@bank/domain';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { requireVisible } from '#features/standing/people.ts';
import { openContact } from '#features/user/contact.ts';
import { maskEmail } from '#features/user/mask-email.ts';
import { maskPhone } from '#features/user/mask-phone.ts';
import type { User } from '#storage/users/user.repository.ts';

const fields = ['email', 'phone'] as const;

const ShowUserSchema = v.pipe(
  v.strictObject({
    userId: UserIdSchema,
    unmask: v.pipe(v.array(v.picklist(fields)), v.maxLength(fields.length)),
    noteId: v.optional(Uuidv7Schema),
  }),
  v.check(({ unmask, noteId }) => unmask.length === 0 || noteId !== undefined, 'note_needed'),
);
type Request = v.InferOutput<typeof ShowUserSchema>;

/** A user as staff see them: addresses are hints, unless asked for in full. */
export interface ShownUser {
  user: User;
  email: string | undefined;
  phone: string | undefined;
}

/**
 * Shows staff a user with masked addresses; in full only those named, to whoever may unmask, stands above the user, and says
 * why by a note. Whatever was shown is told to the ledger, or not shown. @throws auth.token.missing, request.invalid, access.forbidden,
 * auth.step_up.required, user.not_found
 */
export async function showUser(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<ShownUser> {
  const mayRead = allow.permission(caller.actor, 'users.read');
  const request = parse(ShowUserSchema, input);
  const who: Grant = request.unmask.length === 0 ? mayRead : allow.permission(caller.actor, 'users.unmask');
  return await withTransaction(ctx, { who, audits: ['user.read', 'user.contact_read'] }, async (tx) => {
    const user = requireVisible(await tx.users.find(request.userId));
    if (user.contact === null) throw new DomainError('user.not_found', { reason: 'erased' });
    // To read in full who somebody is, is to act on them (SR-72).
    if (request.unmask.length > 0) requireMayActOn(requireUser(caller.actor), { userId: user.id, roles: user.roles });
    const { email, phone } = await openContact(tx, { table: 'users', userId: user.id }, user.contact);
    await tellLedger(tx, request);
    const isShown = (field: (typeof fields)[number]) => request.unmask.includes(field);
    return {
      user,
      email: isShown('email') ? email : maskEmail(email),
      phone: phone === null ? undefined : isShown('phone') ? phone : maskPhone(phone),
    };
  });
}

async function tellLedger(tx: AppTransaction, { userId, unmask, noteId }: Request): Promise<void> {
  const shown = fields.filter((field) => unmask.includes(field));
  const masked = fields.filter((field) => !unmask.includes(field));
  const entry = { subject: userId, outcome: 'success' } as const;
  await tx.audit({ ...entry, action: 'user.read', details: { masked: masked.join(' ') } });
  if (noteId === undefined || shown.length === 0) return;
  await tx.audit({ ...entry, action: 'user.contact_read', details: { fields: shown.join(' '), noteId } });
}
