import type { UserId } from '@bank/domain';
import { defineEntity, p } from '@mikro-orm/postgresql';

/** The public half of the key that a device keeps. Gone with the device. */
export const DeviceKeyEntity = defineEntity({
  name: 'DeviceKey',
  tableName: 'device_keys',
  schema: 'device',
  properties: {
    deviceId: p.uuid().primary(),
    userId: p.uuid().index('device_keys_user_id_index'),
    algorithm: p.text(),
    publicKey: p.blob(),
    thumbprint: p.text().unique('device_keys_thumbprint_key'),
    boundAt: p.datetime(),
    rotatedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
  },
  checks: [{ name: 'device_keys_algorithm_check', expression: `algorithm in ('ES256', 'EdDSA')` }],
});

export type KeyAlgorithm = 'ES256' | 'EdDSA';

/** The key of a device as its user sees it. */
export interface KeySummary {
  readonly algorithm: KeyAlgorithm;
  /** RFC 7638. */
  readonly thumbprint: string;
  readonly boundAt: Date;
}

/** A key that is to be bound. */
export type NewKey = Omit<StoredKey, 'boundAt'>;

export interface StoredKey extends KeySummary {
  readonly deviceId: string;
  readonly userId: UserId;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}
