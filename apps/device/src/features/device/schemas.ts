import { UserIdSchema, UuidSchema, Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';

export const platforms = ['unspecified', 'web', 'android', 'ios', 'desktop'] as const;
export type PlatformName = (typeof platforms)[number];

export const DevicePage = v.strictObject(listQuery);
export const DeviceParams = v.strictObject({ id: UuidSchema });

// Nothing that ends a line, stands for half a character or turns the direction of what follows.
const plainText = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+$/u;
const name = v.pipe(v.string(), v.normalize('NFC'), v.trim(), v.maxLength(64), v.regex(plainText, 'plain_text'));

/** JSON Merge Patch (RFC 7396): a name that is absent stays, `null` removes it. */
export const DevicePatch = v.strictObject({ name: v.optional(v.nullable(name)) });

/** A page of somebody's devices: `limit` 0 stands for 20, an empty `cursor` for the first page. */
export const StaffDevicePage = v.strictObject({
  userId: UserIdSchema,
  limit: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(100),
    v.transform((limit) => limit || 20),
  ),
  cursor: v.pipe(v.string(), v.maxLength(1024)),
});

/** A device of a user that staff removes; `noteId` is the note that says why. */
export const Revocation = v.strictObject({ userId: UserIdSchema, deviceId: UuidSchema, noteId: Uuidv7Schema });

/** What a user trusts devices and binds keys by has changed; `isReset` when the user did not prove the older one. */
export const CredentialChange = v.strictObject({
  userId: UserIdSchema,
  cause: v.picklist(['password_changed', 'factor_removed']),
  changedAt: v.date(),
  isReset: v.boolean(),
});

const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** A device as its user sees it. `current` is the one of the session that asks. */
export const DeviceView = v.strictObject({
  id: UuidSchema,
  name: v.nullable(v.string()),
  platform: v.picklist(platforms),
  model: v.string(),
  appVersion: v.string(),
  firstSeenAt: timestamp,
  lastSeenAt: timestamp,
  trusted: v.boolean(),
  /** Since when: how long trust stands for a factor is for `auth` to say, and counts from here. */
  trustedAt: v.nullable(timestamp),
  current: v.boolean(),
  /** The key with which the device confirms transactions. */
  key: v.nullable(
    v.strictObject({ algorithm: v.picklist(['ES256', 'EdDSA']), thumbprint: v.string(), boundAt: timestamp }),
  ),
});
export type DeviceView = v.InferOutput<typeof DeviceView>;

export const DeviceList = pageSchema(DeviceView);
