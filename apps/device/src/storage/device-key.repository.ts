import { Repository } from '@bank/database';
import type { UserId } from '@bank/domain';
import type { NewKey, StoredKey } from '#storage/device-key.entity.ts';

interface KeyTimes {
  /** When the device's first key was bound: one that takes its place was signed for by it. */
  readonly boundAt: Date;
  readonly rotatedAt: Date | null;
}

const columns = `k.device_id as "deviceId", k.user_id as "userId", k.algorithm, k.public_key as "publicKey", k.thumbprint,
  k.bound_at as "boundAt"`;

const questionsOfRemoved = `questions as (delete from device.key_challenges c using removed
    where c.device_id = removed.device_id and c.ceremony = 'approve')`;

/** Keys of devices, one for each that has any. */
export class DeviceKeyRepository extends Repository {
  /** The key of a user's device that is not removed. */
  find(userId: UserId, deviceId: string): Promise<StoredKey | undefined> {
    return this.row(
      `select ${columns} from device.device_keys k join device.devices d on d.id = k.device_id
       where k.user_id = ? and k.device_id = ? and d.user_id = k.user_id and d.removed_at is null`,
      [userId, deviceId],
    );
  }

  /** Binds a key to a device that has none; false when it has one, or the key is bound elsewhere. */
  async bind({ deviceId, userId, algorithm, publicKey, thumbprint }: NewKey, times: KeyTimes): Promise<boolean> {
    const bound = await this.affected(
      `insert into device.device_keys (device_id, user_id, algorithm, public_key, thumbprint, bound_at, rotated_at)
       values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
      [deviceId, userId, algorithm, publicKey, thumbprint, times.boundAt, times.rotatedAt],
    );
    return bound === 1;
  }

  /** Removes a device's key and what it was asked to approve, which the next one was not; false when it has none. */
  async remove(userId: UserId, deviceId: string): Promise<boolean> {
    const removed = await this.rows(
      `with removed as (delete from device.device_keys where user_id = ? and device_id = ? returning device_id),
       ${questionsOfRemoved}
       select device_id from removed`,
      [userId, deviceId],
    );
    return removed.length === 1;
  }

  /** Removes all keys that a user has bound until a moment and what they were asked to approve, which changes their devices; gives those. */
  async removeAll(userId: UserId, until: Date): Promise<string[]> {
    const removed = await this.rows<{ deviceId: string }>(
      `with removed as (delete from device.device_keys where user_id = ? and bound_at <= ? returning device_id),
       ${questionsOfRemoved},
       changed as (update device.devices d set version = version + 1 from removed where d.id = removed.device_id)
       select device_id as "deviceId" from removed`,
      [userId, until],
    );
    return removed.map(({ deviceId }) => deviceId);
  }

  async noteUse(deviceId: string, at: Date): Promise<void> {
    await this.affected('update device.device_keys set last_used_at = ? where device_id = ?', [at, deviceId]);
  }
}
