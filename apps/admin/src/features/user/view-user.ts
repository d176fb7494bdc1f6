import { readerOf, withTransaction } from '@bank/database';
import {
  type Actor,
  allow,
  DomainError,
  type Grant,
  hasPermission,
  mayActOn,
  parse,
  requireUser,
  type UserId,
} from '@bank/domain';
import type { LiveSession } from '#adapters/auth/session-acts.ts';
import type { ViewedUser } from '#adapters/auth/user-directory.ts';
import type { ListedDevice } from '#adapters/device/device-list.ts';
import type { ViewedProfile } from '#adapters/profile/viewed-profile.ts';
import type { AppContext } from '#context.ts';
import { UserParams } from '#features/act/schemas.ts';
import { contactOf, profileFieldsOf } from '#features/user/policies.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';
import type { Unmasking } from '#storage/unmasking.entity.ts';

/** Everything about one user that staff may see. A part is undefined when its app is away. */
export interface FullUser {
  readonly user: ViewedUser;
  readonly sessions: readonly LiveSession[];
  /** Null where there is no profile. */
  readonly profile: ViewedProfile | null | undefined;
  readonly devices: readonly ListedDevice[] | undefined;
  readonly unmasking: Unmasking | undefined;
}

const newest = 20;

/**
 * One user for staff: masked, except for what this member of staff had unmasked. Recorded here, and by each app that
 * shows something. `auth` must answer; a part of another app that is away is left out.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, service.unavailable
 */
export async function viewUser(ctx: AppContext, actor: Actor, params: unknown): Promise<FullUser> {
  const who = allow.permission(actor, 'users.read');
  const { id: userId } = parse(UserParams, params);
  const unmasking = await liveUnmasking(ctx, actor, userId);
  try {
    return await view(ctx, who, userId, unmasking);
  } catch (err) {
    // Its owner knows before the projection does that the user has risen (SR-72): masked, it may be seen all the same.
    if (unmasking === undefined || !(err instanceof DomainError && err.code === 'access.forbidden')) throw err;
    return view(ctx, who, userId, undefined);
  }
}

async function view(ctx: AppContext, who: Grant, userId: UserId, unmasking: Unmasking | undefined): Promise<FullUser> {
  const fields = unmasking?.fields ?? [];

  await withTransaction(ctx, { who, audits: ['admin.user.viewed'] }, async (tx) => {
    const details = unmasking && { unmasked: fields.join(' '), noteId: unmasking.noteId };
    await tx.audit({ action: 'admin.user.viewed', subject: userId, outcome: 'success', ...(details && { details }) });
  });
  const { directory, devices, profiles, sessions } = ctx.owners;
  const [contact, personal] = [contactOf(fields), profileFieldsOf(fields)];
  const noteFor = (shown: readonly string[]) => (shown.length === 0 ? '' : (unmasking?.noteId ?? ''));
  const parts = await Promise.all([
    directory.view(userId, { fields: contact, noteId: noteFor(contact) }),
    sessions.newest(userId, newest),
    unlessAway(ctx, 'profile', profiles.view(userId, { fields: personal, noteId: noteFor(personal) })),
    unlessAway(ctx, 'device', devices.newest(userId, newest)),
  ]);
  const [user, liveSessions, profile, listed] = parts;
  return {
    user,
    sessions: liveSessions,
    profile: profile.away ? undefined : (profile.value ?? null),
    devices: listed.away ? undefined : listed.value,
    unmasking,
  };
}

/** What this member of staff had unmasked, while they still may see it: the user may have risen in rank since (SR-72). */
async function liveUnmasking(ctx: AppContext, actor: Actor, userId: UserId): Promise<Unmasking | undefined> {
  const staff = requireUser(actor);
  if (!hasPermission(staff.roles, 'users.unmask')) return undefined;
  const found = await readerOf(ctx).unmaskings.findLive({ staffId: staff.userId, userId }, ctx.clock.now());
  if (found === undefined) return undefined;
  const { roles } = await requireKnownUser(ctx, userId);
  return mayActOn(staff, { userId, roles }) ? found : undefined;
}

type Part<T> = { readonly away: true } | { readonly away: false; readonly value: T };

async function unlessAway<T>(ctx: AppContext, dependency: string, asking: Promise<T>): Promise<Part<T>> {
  try {
    return { away: false, value: await asking };
  } catch (err) {
    const away = err instanceof DomainError && (err.kind === 'unavailable' || err.kind === 'internal');
    if (!away) throw err;
    ctx.logger.warn({ err, dependency }, 'a user is shown without a part');
    return { away: true };
  }
}
