import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';

/** A device of a user, as far as recognising it needs. Everything else about devices belongs to the device service. */
export interface Device {
  id: string;
  secretDigest: Uint8Array;
  /** When a sign-in on it proved more than a password; null until then. */
  knownAt: Date | null;
}

interface DeviceUse {
  userId: UserId;
  id: string;
  secretDigest: Uint8Array;
  at: Date;
  knownAt: Date | null;
}

/** Devices by user and id. */
export class DeviceRepository extends Repository {
  find(userId: string, id: string): Promise<Device | undefined> {
    const sql = `select id, secret_digest as "secretDigest", known_at as "knownAt" from auth.devices
      where user_id = ? and id = ?`;
    return this.row(sql, [userId, id]);
  }

  /** Those of the devices of a user that are among these. */
  findMany(userId: string, ids: readonly string[]): Promise<Device[]> {
    const sql = `select id, secret_digest as "secretDigest", known_at as "knownAt" from auth.devices
      where user_id = ? and id = any (?::uuid[])`;
    return this.rows(sql, [userId, [...ids]]);
  }

  async insert({ userId, id, secretDigest, at, knownAt }: DeviceUse): Promise<void> {
    await this.affected(
      `insert into auth.devices (user_id, id, secret_digest, created_at, last_used_at, known_at)
        values (?, ?, ?, ?, ?, ?)`,
      [userId, id, secretDigest, at, at, knownAt],
    );
  }

  /** Notes a use of the device that has this secret; false when this user has none such. What is known stays known. */
  async touch({ userId, id, secretDigest, at, knownAt }: DeviceUse): Promise<boolean> {
    const touched = await this.affected(
      `update auth.devices set last_used_at = ?, known_at = coalesce(known_at, ?)
        where user_id = ? and id = ? and secret_digest = ?`,
      [at, knownAt, userId, id, secretDigest],
    );
    return touched === 1;
  }

  /** Makes the devices of a user unknown again, but for one: each has to prove anew whose it is. */
  async doubtAll(userId: UserId, exceptId?: string): Promise<void> {
    const sql = 'update auth.devices set known_at = null where user_id = ? and id is distinct from ?::uuid';
    await this.affected(sql, [userId, exceptId ?? null]);
  }

  /** The same for those that became known until then. */
  async doubtKnownUntil(userId: UserId, until: Date): Promise<void> {
    await this.affected('update auth.devices set known_at = null where user_id = ? and known_at <= ?', [userId, until]);
  }

  /** Forgets a device and its secret. */
  async remove(userId: UserId, id: string): Promise<void> {
    await this.affected('delete from auth.devices where user_id = ? and id = ?', [userId, id]);
  }
}
