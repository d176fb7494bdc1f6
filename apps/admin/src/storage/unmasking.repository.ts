import { Repository } from '@bank/database';
import type { Unmasking } from '#storage/unmasking.entity.ts';

/** What members of staff see in full. */
export class UnmaskingRepository extends Repository {
  /** Takes the place of what this member of staff had unmasked of that user before. */
  async put({ staffId, userId, fields, noteId, expiresAt }: Unmasking): Promise<void> {
    await this.affected(
      `insert into admin.unmaskings (staff_id, user_id, fields, note_id, expires_at) values (?, ?, ?::text[], ?, ?)
       on conflict (staff_id, user_id) do update set
         fields = excluded.fields, note_id = excluded.note_id, expires_at = excluded.expires_at`,
      [staffId, userId, [...fields], noteId, expiresAt],
    );
  }

  findLive({ staffId, userId }: Pick<Unmasking, 'staffId' | 'userId'>, now: Date): Promise<Unmasking | undefined> {
    return this.row(
      `select staff_id as "staffId", user_id as "userId", fields, note_id as "noteId", expires_at as "expiresAt"
         from admin.unmaskings where staff_id = ? and user_id = ? and expires_at > ?`,
      [staffId, userId, now],
    );
  }
}
