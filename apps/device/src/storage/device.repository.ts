import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { Device, LiveDevice } from '#storage/device.entity.ts';

type Sighting = Pick<Device, 'id' | 'userId' | 'platform' | 'model' | 'appVersion'> & { readonly seenAt: Date };

/** A page of a list: what comes after the device `after`. */
export interface DevicePageQuery {
  readonly after: string | undefined;
  readonly limit: number;
}

export const deviceColumns = `id, user_id as "userId", platform, model, app_version as "appVersion",
  first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt", trusted_at as "trustedAt", removed_at as "removedAt", version`;

/** Devices of users, whatever their users call them. */
export class DeviceRepository extends Repository {
  /** Holds the devices of a user until the transaction ends, those the user does not have yet included. */
  async lockOf(userId: UserId): Promise<void> {
    await this.rows("select pg_advisory_xact_lock(hashtextextended('device.devices ' || ?::text, 0))", [userId]);
  }

  /** Whether the user ever had another device than this one, removed ones included. */
  async hadOthers(userId: UserId, id: string): Promise<boolean> {
    const sql = 'select 1 from device.devices where user_id = ? and id <> ? limit 1';
    return (await this.row(sql, [userId, id])) !== undefined;
  }

  /**
   * Notes that a user's device was seen. Sightings may come twice and in any order: the newest wins. Tells whether the
   * device was new; one that was removed or belongs to somebody else is left as it is.
   */
  async noteSighting(sighting: Sighting): Promise<{ isNew: boolean }> {
    const { id, userId, platform, model, appVersion, seenAt } = sighting;
    const row = await this.row<{ isNew: boolean }>(
      `insert into device.devices (id, user_id, platform, model, app_version, first_seen_at, last_seen_at)
       values (?, ?, ?, ?, ?, ?, ?)
       on conflict (id) do update set
         app_version = case when excluded.last_seen_at > devices.last_seen_at
           then excluded.app_version else devices.app_version end,
         first_seen_at = least(devices.first_seen_at, excluded.first_seen_at),
         last_seen_at = greatest(devices.last_seen_at, excluded.last_seen_at)
         where devices.user_id = excluded.user_id and devices.removed_at is null
       returning xmax = 0 as "isNew"`,
      [id, userId, platform, model, appVersion, seenAt, seenAt],
    );
    return { isNew: row?.isNew === true };
  }

  /** A user's device, removed ones included. */
  find(userId: UserId, id: string): Promise<Device | undefined> {
    return this.row(`select ${deviceColumns} from device.devices where id = ? and user_id = ?`, [id, userId]);
  }

  /** All of a user's devices that are not removed: few, for there is a limit. */
  listLive(userId: UserId): Promise<LiveDevice[]> {
    return this.rows(
      `select ${deviceColumns}, exists (select from device.device_keys k where k.device_id = devices.id) as "hasKey"
       from device.devices where user_id = ? and removed_at is null`,
      [userId],
    );
  }

  /** The same page by page, the latest registered first. */
  list(userId: UserId, { after, limit }: DevicePageQuery): Promise<Device[]> {
    return this.rows(
      `select ${deviceColumns} from device.devices
       where user_id = ? and removed_at is null and (?::uuid is null or id < ?) order by id desc limit ?`,
      [userId, after ?? null, after ?? null, limit],
    );
  }

  /** Begins the trust in a device, or begins it anew; gives it back, or nothing when it is removed or not the user's. */
  trust(userId: UserId, id: string, trustedAt: Date): Promise<Device | undefined> {
    return this.row(
      `update device.devices set trusted_at = ?, version = version + 1
       where user_id = ? and id = ? and removed_at is null returning ${deviceColumns}`,
      [trustedAt, userId, id],
    );
  }

  /** Ends the trust in a device; gives it back, or nothing when it has none, is removed, or not the user's. */
  untrust(userId: UserId, id: string): Promise<Device | undefined> {
    return this.row(
      `update device.devices set trusted_at = null, version = version + 1
       where user_id = ? and id = ? and removed_at is null and trusted_at is not null returning ${deviceColumns}`,
      [userId, id],
    );
  }

  /** Ends the trust in every device that a user has trusted until a moment; gives those devices. */
  endTrust(userId: UserId, until: Date): Promise<Device[]> {
    return this.rows(
      `update device.devices set trusted_at = null, version = version + 1
       where user_id = ? and trusted_at <= ? and removed_at is null returning ${deviceColumns}`,
      [userId, until],
    );
  }

  /** A new version for a change beside its row, if the device still has this one; nothing when it has moved on. */
  async raiseVersion(userId: UserId, id: string, version: number): Promise<number | undefined> {
    const row = await this.row<{ version: number }>(
      `update device.devices set version = version + 1
       where user_id = ? and id = ? and removed_at is null and version = ? returning version`,
      [userId, id, version],
    );
    return row?.version;
  }

  /**
   * Removes devices of a user that are there, with the trust in them, their names and keys, and gives them back; when a
   * version is given, only one that still has it.
   */
  remove(userId: UserId, ids: readonly string[], { at, version }: { at: Date; version?: number }): Promise<Device[]> {
    return this.rows(
      `with removed as (
         update device.devices set removed_at = ?, trusted_at = null, name = null, version = version + 1
         where user_id = ? and id = any(?::uuid[]) and removed_at is null and version = coalesce(?::bigint, version)
         returning *),
       keys as (delete from device.device_keys k using removed where k.device_id = removed.id),
       challenges as (delete from device.key_challenges c using removed where c.device_id = removed.id)
       select ${deviceColumns} from removed`,
      [at, userId, ids, version ?? null],
    );
  }
}
