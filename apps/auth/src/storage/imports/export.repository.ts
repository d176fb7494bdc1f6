import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { User } from '#storage/users/user.repository.ts';

export interface ExportedUser extends Omit<User, 'contact'> {
  /** Sealed. */
  readonly contact: Uint8Array;
  readonly acceptedTerms: string | null;
  readonly passwordHash: string | null;
}

/** Users in the order of their ids. */
export class ExportRepository extends Repository {
  /** Those after a user, the first ones without one; whoever is erased is left out. */
  page(after: UserId | undefined, limit: number): Promise<ExportedUser[]> {
    return this.rows(
      `select u.id, u.status, u.roles, u.contact, u.email_verified_at as "emailVerifiedAt",
          u.phone_verified_at as "phoneVerifiedAt", u.locale, u.accepted_terms as "acceptedTerms", u.version,
          u.created_at as "createdAt", c.password_hash as "passwordHash"
        from auth.users u left join auth.credentials c on c.user_id = u.id
        where u.contact is not null and u.id > coalesce(?::uuid, '00000000-0000-0000-0000-000000000000')
        order by u.id limit ?`,
      [after ?? null, limit],
    );
  }
}
