import { UserIdSchema, UuidSchema } from '@bank/domain';
import { pageSchema, wholeListQuery } from '@bank/service-kit';
import * as v from 'valibot';
import { factorTypeNames } from '#factor-types/gen/storage/names.gen.ts';

/** A user who was activated, as `auth` told. */
export const Activation = v.strictObject({ userId: UserIdSchema, activatedAt: v.date() });

const timestamp = v.pipe(v.string(), v.isoTimestamp());
/** What a user calls a factor. */
export const Label = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(64));

export const FactorParams = v.strictObject({ id: UuidSchema });
export const FactorPatch = v.strictObject({ label: v.optional(Label), preferred: v.optional(v.boolean()) });

/** A factor as its user sees it: never a secret. */
export const FactorView = v.strictObject({
  id: UuidSchema,
  type: v.picklist(factorTypeNames),
  label: v.string(),
  confirmedAt: timestamp,
  lastUsedAt: v.nullable(timestamp),
  preferred: v.boolean(),
});
export type FactorView = v.InferOutput<typeof FactorView>;

export const FactorQuery = v.strictObject(wholeListQuery);
export const FactorList = pageSchema(FactorView);
