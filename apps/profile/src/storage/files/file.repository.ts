import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { FilePurpose, Leftover, StoredFile, Upload } from '#storage/files/file.entity.ts';

const stored = `id, user_id as "userId", purpose, provider, content_type as "contentType", size_bytes as "sizeBytes",
  stored_key as "storedKey", created_at as "createdAt"`;
const upload = `${stored}, sha256, upload_key as "uploadKey", upload_until as "uploadUntil"`;

/** Whose upload, and who is at it until when. */
export interface Claim {
  readonly id: string;
  readonly userId: UserId;
  readonly purpose: FilePurpose;
  readonly claim: string;
  readonly now: Date;
  readonly until: Date;
}

/** Files of users: rows alone, the objects lie in a storage. */
export class FileRepository extends Repository {
  /** Notes an upload that may come, one of a user after the other; false, with nothing written, when the user has too many open. */
  async begin(file: Upload, { expiresAt, now, openMax }: { expiresAt: Date; now: Date; openMax: number }) {
    // By a statement of its own: the count has to see what was committed while this one waited.
    await this.rows("select pg_advisory_xact_lock(hashtextextended('profile.uploads ' || ?::text, 0))", [file.userId]);
    const begun = await this.affected(
      `insert into profile.files (id, user_id, purpose, status, provider, content_type, size_bytes, sha256,
           upload_key, upload_until, stored_key, expires_at, created_at)
         select ?, ?, ?, 'begun', ?, ?, ?, ?, ?, ?, ?, ?, ?
          where (select count(*) from profile.files where user_id = ? and status = 'begun' and expires_at > ?) < ?`,
      [
        ...[file.id, file.userId, file.purpose, file.provider, file.contentType, file.sizeBytes, file.sha256],
        ...[file.uploadKey, file.uploadUntil, file.storedKey, expiresAt, now, file.userId, now, openMax],
      ],
    );
    return begun === 1;
  }

  /** When the first of the uploads that a user has open ends. */
  async firstExpiry(userId: UserId, now: Date): Promise<Date | undefined> {
    const sql = `select expires_at as "expiresAt" from profile.files where user_id = ? and status = 'begun' and expires_at > ?
      order by expires_at limit 1`;
    return (await this.row<{ expiresAt: Date }>(sql, [userId, now]))?.expiresAt;
  }

  /** Takes an upload for checking, unless somebody else is at it, it is settled, or its time is over. */
  claim({ id, userId, purpose, claim, now, until }: Claim): Promise<Upload | undefined> {
    return this.row(
      `update profile.files set claim = ?, claimed_until = ?
        where id = ? and user_id = ? and purpose = ? and status = 'begun' and expires_at > ?
          and (claimed_until is null or claimed_until <= ?) returning ${upload}`,
      [claim, until, id, userId, purpose, now, now],
    );
  }

  /** Gives an upload back that could not be checked now. */
  async release(id: string, claim: string): Promise<void> {
    const sql = `update profile.files set claim = null, claimed_until = null where id = ? and claim = ? and status = 'begun'`;
    await this.affected(sql, [id, claim]);
  }

  /** The upload became a file; false when whoever says so no longer has it. The digest of what came is forgotten. */
  async store(id: string, claim: string, content: { contentType: string; sizeBytes: number }): Promise<boolean> {
    const settled = await this.affected(
      `update profile.files set status = 'stored', content_type = ?, size_bytes = ?, sha256 = null, expires_at = null,
           claim = null, claimed_until = null
        where id = ? and claim = ? and status = 'begun'`,
      [content.contentType, content.sizeBytes, id, claim],
    );
    return settled === 1;
  }

  /** The upload is none of those that are taken; false when whoever says so no longer has it. */
  async refuse(id: string, claim: string, now: Date): Promise<boolean> {
    const settled = await this.affected(
      `update profile.files set status = 'removed', sha256 = null, expires_at = ?, claim = null, claimed_until = null
        where id = ? and claim = ? and status = 'begun'`,
      [now, id, claim],
    );
    return settled === 1;
  }

  /** Whether the user has such an upload, or had it not long ago. */
  async isKnown(id: string, userId: UserId, purpose: FilePurpose, now: Date): Promise<boolean> {
    const sql = `select 1 from profile.files where id = ? and user_id = ? and purpose = ?
      and (status <> 'begun' or expires_at > ?)`;
    return (await this.row(sql, [id, userId, purpose, now])) !== undefined;
  }

  find(id: string): Promise<StoredFile | undefined> {
    return this.row(`select ${stored} from profile.files where id = ? and status = 'stored'`, [id]);
  }

  /** The newest file of a user for that purpose. */
  findNewest(userId: UserId, purpose: FilePurpose): Promise<StoredFile | undefined> {
    const sql = `select ${stored} from profile.files where user_id = ? and purpose = ? and status = 'stored'`;
    return this.row(`${sql} order by id desc limit 1`, [userId, purpose]);
  }

  /** Lets the files of a user for that purpose go; their ids. */
  async removeAll(userId: UserId, purpose: FilePurpose, now: Date): Promise<readonly string[]> {
    const rows = await this.rows<{ id: string }>(
      `update profile.files set status = 'removed', expires_at = ?
        where user_id = ? and purpose = ? and status = 'stored' returning id`,
      [now, userId, purpose],
    );
    return rows.map(({ id }) => id);
  }

  /** Lets files go by their ids; those that it did. */
  async remove(ids: readonly string[], now: Date): Promise<readonly string[]> {
    const rows = await this.rows<{ id: string }>(
      `update profile.files set status = 'removed', expires_at = ?
        where id = any(?::uuid[]) and status = 'stored' returning id`,
      [now, ids],
    );
    return rows.map(({ id }) => id);
  }

  /** How large files are together, opened, in bytes. */
  async sizeOf(ids: readonly string[]): Promise<number> {
    const found = await this.row<{ total: number }>(
      `select coalesce(sum(size_bytes), 0)::float8 as total from profile.files where id = any(?::uuid[])`,
      [ids],
    );
    return found?.total ?? 0;
  }

  /** Lets all of a user go but stored files for the purposes that are kept; whoever is at an upload finds it gone. */
  async releaseUser(userId: UserId, kept: readonly FilePurpose[], now: Date): Promise<number> {
    return await this.affected(
      `update profile.files set status = 'removed', sha256 = null, expires_at = coalesce(claimed_until, ?)
        where user_id = ? and status <> 'removed' and (status = 'begun' or not (purpose = any(?::text[])))`,
      [now, userId, kept],
    );
  }

  /** Takes objects that are to go, for as long as until then: another replica takes others, and whoever was at them is too late. */
  takeLeftovers({ now, until, limit }: { now: Date; until: Date; limit: number }): Promise<Leftover[]> {
    return this.rows(
      `update profile.files set claim = null, claimed_until = ? where id in (
          select id from profile.files
           where upload_until < ? and (expires_at < ? or (upload_key is not null and status = 'stored'))
             and (claimed_until is null or claimed_until <= ?)
           limit ? for update skip locked)
        returning id, provider, upload_key as "uploadKey", case when status <> 'stored' then stored_key end as "storedKey"`,
      [until, now, now, now, limit],
    );
  }

  /** What was uploaded is gone, and the file that was made of it stays. */
  async dropUpload(id: string): Promise<void> {
    await this.affected('update profile.files set upload_key = null, claimed_until = null where id = ?', [id]);
  }

  /** All that belonged to it is gone. */
  async drop(id: string): Promise<void> {
    await this.affected(`delete from profile.files where id = ? and status <> 'stored'`, [id]);
  }
}
