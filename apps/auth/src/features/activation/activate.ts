import { readerOf, withTransaction } from '@bank/database';
import { allow, audiences, DomainError, parse } from '@bank/domain';
import { type ReadToken, readToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import { userActivated } from '#events.ts';
import { activationTokenPrefix } from '#features/activation/activation-link.ts';
import { isAnsweredFor } from '#features/activation/is-answered-for.ts';
import { administratorsEnough } from '#features/activation/policies.ts';
import { ActivateSchema } from '#features/activation/schemas.ts';
import type { Caller } from '#features/caller.ts';
import { enrolmentClient } from '#features/client/entitlement.ts';
import { resolveClient } from '#features/client/resolve-client.ts';
import { requireAcceptablePassword } from '#features/password/accept-password.ts';
import { assuranceOf } from '#features/second-factor/assurance.ts';
import { openingAudits, openSession, type SignedIn } from '#features/session/open-session.ts';
import { presentedDevice } from '#features/session/recognise-device.ts';
import { openContact } from '#features/user/contact.ts';
import { createUser } from '#features/user/create-user.ts';
import type { Activation } from '#storage/activations/activation.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

type Unwanted = 'administrators_enough' | 'inviter';
type Made = { kind: 'made'; user: User } | { kind: 'used' | 'address_taken' | Unwanted };
type Outcome = { kind: 'signed_in'; signedIn: SignedIn } | Exclude<Made, { kind: 'made' }>;

/**
 * Makes whoever has the link a member of staff, once, with the password they choose; only now there is a user. Their session
 * is good for enrolling a second factor and for nothing else. A link of colleagues who were stopped since is over.
 * @throws request.invalid, auth.client.unknown (also on the public listener), auth.origin.refused,
 * auth.verification.invalid, auth.password.unacceptable, service.overloaded, service.unavailable
 */
export async function activate(ctx: AppContext, input: unknown, caller: Caller): Promise<SignedIn> {
  const who = allow.anyone(caller.actor);
  const request = parse(ActivateSchema, input);
  const client = resolveClient(ctx, request.clientId, caller);
  if (client.audience !== audiences.staff) throw new DomainError('auth.client.unknown', { reason: 'not for staff' });
  const link = readToken(activationTokenPrefix, request.activationToken);
  const email = link && (await emailOf(ctx, link));
  if (link === undefined || email === undefined) {
    throw new DomainError('auth.verification.invalid', { reason: 'unknown, used or expired' });
  }
  await requireAcceptablePassword(ctx, { password: request.password, email, path: 'password' });
  // The link was right: whoever has it stands in line with users, not with strangers.
  const passwordHash = await ctx.hasher.admit(() => ctx.hasher.hash(request.password));
  const audits = ['auth.activation.succeeded', 'auth.activation.failed', ...openingAudits] as const;
  const outcome = await withTransaction(ctx, { who, audits }, async (tx): Promise<Outcome> => {
    const made = await makeStaff(tx, link, passwordHash);
    if (made.kind !== 'made') return made;
    const device = presentedDevice(request, caller);
    const facts = {
      user: made.user,
      client: enrolmentClient(tx),
      device,
      ...assuranceOf(['password', 'emailed_code']),
    } as const;
    return {
      kind: 'signed_in',
      signedIn: await openSession(tx, { ...facts, becomesKnown: true, dpopJkt: caller.dpopJkt }),
    };
  });
  if (outcome.kind !== 'signed_in') throw new DomainError('auth.verification.invalid', { reason: outcome.kind });
  return outcome.signedIn;
}

/** The address a link is for, while it can be used: its words are no password (SR-6). */
async function emailOf(ctx: AppContext, link: ReadToken) {
  const reader = readerOf(ctx);
  const found = await reader.activations.findUsable(link, ctx.clock.now());
  if (found === undefined) return undefined;
  const { email } = await openContact(reader, { table: 'activations', userId: found.userId }, found.contact);
  return email;
}

async function makeStaff(tx: AppTransaction, link: ReadToken, passwordHash: string): Promise<Made> {
  const at = tx.clock.now();
  const activation = await tx.activations.consume(link, at);
  if (activation === undefined) return await refuse(tx, link.id, 'used');
  const unwanted = await judge(tx, activation);
  if (unwanted !== undefined) return await refuse(tx, link.id, unwanted);
  const { id, userId, contact, roles } = activation;
  const facts = { userId, roles, passwordHash, locale: null, acceptedTerms: null };
  const user = await createUser(tx, { ...facts, contact: { table: 'activations', sealed: contact } });
  if (user === undefined) return await refuse(tx, link.id, 'address_taken');
  await tx.emit(userActivated({ userId, roles, locale: null, at }));
  const details = { activationId: id, roles: roles.join(' '), invitedBy: activation.invitedBy ?? 'operator' };
  await tx.audit({ action: 'auth.activation.succeeded', subject: userId, outcome: 'success', details });
  return { kind: 'made', user };
}

/**
 * Why a link makes nobody staff any more, undefined where it does. Of several that an operator made no more are good than it takes
 * for two administrators; those of colleagues are as good as the two who answer for them.
 */
async function judge(tx: AppTransaction, activation: Activation): Promise<Unwanted | undefined> {
  if (activation.invitedBy !== null) return (await isAnsweredFor(tx, activation)) ? undefined : 'inviter';
  return (await tx.users.countAdministrators()) < administratorsEnough ? undefined : 'administrators_enough';
}

async function refuse<K extends Exclude<Made['kind'], 'made'>>(tx: AppTransaction, activationId: string, kind: K) {
  await tx.audit({ action: 'auth.activation.failed', subject: activationId, outcome: 'failure', reason: kind });
  return { kind };
}
