import { DataKeyMissing, type PiiVault, Repository, type SealedPlace } from '@bank/database';
import { DomainError, type UserId } from '@bank/domain';
import { SealBroken } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import * as v from 'valibot';
import type { Device, NamedDevice } from '#storage/device.entity.ts';
import { type DevicePageQuery, deviceColumns } from '#storage/device.repository.ts';
import type { KeyAlgorithm } from '#storage/device-key.entity.ts';

interface NamedRow extends Device {
  readonly name: Uint8Array | null;
  readonly keyAlgorithm: KeyAlgorithm | null;
  readonly keyThumbprint: string;
  readonly keyBoundAt: Date;
}

const columns = `${deviceColumns}, name`;
const keyColumns = 'k.algorithm as "keyAlgorithm", k.thumbprint as "keyThumbprint", k.bound_at as "keyBoundAt"';
const withKey = 'left join device.device_keys k on k.device_id = d.id';
const NameGroup = v.object({ name: v.string() });

/** Until somebody has looked into a name that does not open: it does not heal by itself. */
const repairSeconds = 3600;

/** Devices with the names their users gave them, opened on the way out and sealed for their own row on the way in (SR-84). */
export class DeviceNameRepository extends Repository {
  readonly #vault: PiiVault;

  constructor(em: EntityManager, vault: PiiVault) {
    super(em);
    this.#vault = vault;
  }

  /** A user's device that is not removed. @throws service.unavailable when its name does not open */
  async find(userId: UserId, id: string): Promise<NamedDevice | undefined> {
    const row = await this.row<NamedRow>(
      `select d.*, ${keyColumns} from
         (select ${columns} from device.devices where user_id = ? and id = ? and removed_at is null) d ${withKey}`,
      [userId, id],
    );
    return row === undefined ? undefined : this.#opened(row);
  }

  /** A user's devices that are not removed, the latest registered first, from the one after `after` on. */
  async list(userId: UserId, { after, limit }: DevicePageQuery): Promise<NamedDevice[]> {
    const rows = await this.rows<NamedRow>(
      `select d.*, ${keyColumns} from
         (select ${columns} from device.devices
          where user_id = ? and removed_at is null and (?::uuid is null or id < ?) order by id desc limit ?) d ${withKey}
       order by d.id desc`,
      [userId, after ?? null, after ?? null, limit],
    );
    return Promise.all(rows.map((row) => this.#opened(row)));
  }

  /** Names a device that still has this version, or takes its name away; gives the new version, or nothing when it has moved on. */
  async rename(
    userId: UserId,
    id: string,
    { name, version }: { name: string | null; version: number },
  ): Promise<number | undefined> {
    const row = await this.row<{ version: number }>(
      `update device.devices set name = ?, version = version + 1
       where user_id = ? and id = ? and removed_at is null and version = ? returning version`,
      [name === null ? null : await this.#sealed(userId, id, name), userId, id, version],
    );
    return row?.version;
  }

  /** The keys of a user who names a device for the first time are made with the name. */
  async #sealed(userId: UserId, id: string, name: string): Promise<Buffer> {
    await this.#vault.createKeys(this.em, userId);
    return this.#vault.seal(this.em, placeOf(userId, id), { name });
  }

  async #opened({ keyAlgorithm, keyThumbprint, keyBoundAt, ...row }: NamedRow): Promise<NamedDevice> {
    const key =
      keyAlgorithm === null ? null : { algorithm: keyAlgorithm, thumbprint: keyThumbprint, boundAt: keyBoundAt };
    return { ...row, key, name: row.name === null ? null : await this.#nameOf(row.userId, row.id, row.name) };
  }

  /** Nothing for a name whose key was destroyed: it is erased. */
  async #nameOf(userId: UserId, id: string, sealed: Uint8Array): Promise<string | null> {
    try {
      return v.parse(NameGroup, await this.#vault.open(this.em, placeOf(userId, id), sealed)).name;
    } catch (cause) {
      if (cause instanceof DataKeyMissing) return null;
      if (!(cause instanceof SealBroken)) throw cause;
      const reason = 'the name of a device does not open: damaged, or moved from another row (SR-84)';
      throw new DomainError('service.unavailable', { reason, details: { retryAfterSeconds: repairSeconds }, cause });
    }
  }
}

/** The id of the row is part of the place: the names of two devices of one user cannot be swapped either. */
function placeOf(userId: UserId, id: string): SealedPlace {
  return { userId, table: 'devices', group: `name:${id}`, keyClass: 'erasable' };
}
