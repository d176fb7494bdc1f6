import { UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { AddressView } from '#features/address/schemas.ts';
import { identityEntries, otherEntries, TaxResidencies } from '#features/profile/field-schemas.ts';

/** JSON Merge Patch (RFC 7396): a member that is absent stays, `null` removes, a list is replaced as a whole. */
export const ProfilePatch = v.partial(
  v.strictObject({ ...identityEntries, ...otherEntries, taxResidencies: v.nullable(TaxResidencies) }),
);
export type ProfilePatch = v.InferOutput<typeof ProfilePatch>;

const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** A profile as its owner sees it; what is unknown is `null`. */
export const ProfileView = v.strictObject({
  userId: UserIdSchema,
  ...identityEntries,
  ...otherEntries,
  taxResidencies: TaxResidencies,
  addresses: v.strictObject({ home: v.nullable(AddressView), mailing: v.nullable(AddressView) }),
  /** `GET /v1/profile/avatar` gives a link to it. */
  avatar: v.nullable(v.strictObject({ fileId: Uuidv7Schema, contentType: v.string() })),
  identityLockedAt: v.nullable(timestamp),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export const UserIds = v.pipe(v.array(UserIdSchema), v.minLength(1), v.maxLength(100));
