import { Repository } from '@bank/database';
import type { Device } from '#storage/device.entity.ts';

type Sighting = Pick<Device, 'id' | 'userId' | 'platform' | 'model' | 'appVersion'> & { readonly seenAt: Date };

const columns = `id, user_id as "userId", platform, model, app_version as "appVersion", first_seen_at as "firstSeenAt",
  last_seen_at as "lastSeenAt", trusted_at as "trustedAt", removed_at as "removedAt"`;

/** Devices of users. */
export class DeviceRepository extends Repository {
  /** Holds the devices of a user until the transaction ends, those he does not have yet included. */
  async lockOf(userId: string): Promise<void> {
    await this.rows("select pg_advisory_xact_lock(hashtextextended('device.devices ' || ?::text, 0))", [userId]);
  }

  /** Whether the user ever had a device, removed ones included. */
  async hasAny(userId: string): Promise<boolean> {
    return (await this.row('select 1 from device.devices where user_id = ? limit 1', [userId])) !== undefined;
  }

  /**
   * Notes that a user's device was seen. Sightings may come twice and in any order: the newest wins. Tells whether the
   * device was new; a device that belongs to somebody else is left as it is.
   */
  async noteSighting(sighting: Sighting): Promise<{ isNew: boolean }> {
    const row = await this.row<{ isNew: boolean }>(
      `insert into device.devices (id, user_id, platform, model, app_version, first_seen_at, last_seen_at)
       values (?, ?, ?, ?, ?, ?, ?)
       on conflict (id) do update set
         app_version = case when excluded.last_seen_at > devices.last_seen_at
           then excluded.app_version else devices.app_version end,
         first_seen_at = least(devices.first_seen_at, excluded.first_seen_at),
         last_seen_at = greatest(devices.last_seen_at, excluded.last_seen_at)
         where devices.user_id = excluded.user_id
       returning xmax = 0 as "isNew"`,
      [
        sighting.id,
        sighting.userId,
        sighting.platform,
        sighting.model,
        sighting.appVersion,
        sighting.seenAt,
        sighting.seenAt,
      ],
    );
    return { isNew: row?.isNew === true };
  }

  /** A user's device, removed ones included. */
  find(userId: string, id: string): Promise<Device | undefined> {
    return this.row<Device>(`select ${columns} from device.devices where id = ? and user_id = ?`, [id, userId]);
  }

  /** A user's devices that are not removed, the latest registered first, from the one after `after` on. */
  list(userId: string, page: { after?: string | undefined; limit: number }): Promise<Device[]> {
    return this.rows<Device>(
      `select ${columns} from device.devices
       where user_id = ? and removed_at is null and (?::uuid is null or id < ?) order by id desc limit ?`,
      [userId, page.after ?? null, page.after ?? null, page.limit],
    );
  }
}
