import { personalProfileFields } from '@bank/domain';
import type * as v from 'valibot';
import type { ViewedProfile } from '#adapters/profile/viewed-profile.ts';
import type { FullUserView, UnmaskingView } from '#features/user/schemas.ts';
import type { FullUser } from '#features/user/view-user.ts';
import type { Unmasking } from '#storage/unmasking.entity.ts';

type View = v.InferInput<typeof FullUserView>;

/** A user as the console shows them; times in ISO 8601. */
export function toFullUserView({ user, sessions, profile, devices, unmasking }: FullUser): View {
  const { createdAt, roles, ...shown } = user;
  return {
    user: { ...shown, roles: [...roles], createdAt: iso(createdAt) } as View['user'],
    profile: profile == null ? null : profileView(profile),
    sessions: sessions.map(({ createdAt: openedAt, lastUsedAt, expiresAt, ...session }) => ({
      ...session,
      amr: [...session.amr],
      createdAt: iso(openedAt),
      lastUsedAt: iso(lastUsedAt),
      expiresAt: iso(expiresAt),
    })),
    devices:
      devices?.map(({ firstSeenAt, lastSeenAt, ...device }) => ({
        ...device,
        firstSeenAt: iso(firstSeenAt),
        lastSeenAt: iso(lastSeenAt),
      })) ?? null,
    unmasked: unmasking === undefined ? null : toUnmaskingView(unmasking),
    unavailable: [...(profile === undefined ? ['profile' as const] : []), ...(devices ? [] : ['devices' as const])],
  };
}

/** What is shown in full, and until when. */
export function toUnmaskingView({ fields, expiresAt }: Unmasking): v.InferInput<typeof UnmaskingView> {
  return { fields: [...fields], expiresAt: expiresAt.toISOString() };
}

function profileView(profile: ViewedProfile): NonNullable<View['profile']> {
  const shown = Object.fromEntries(personalProfileFields.map((field) => [field, profile[field]]));
  const locked = { identityLockedAt: iso(profile.identityLockedAt) };
  const times = { ...locked, createdAt: iso(profile.createdAt), updatedAt: iso(profile.updatedAt) };
  return { ...shown, ...times } as NonNullable<View['profile']>;
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
