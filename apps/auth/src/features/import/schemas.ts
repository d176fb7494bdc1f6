import { EmailSchema, PhoneNumberSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { LocaleSchema } from '#features/registration/schemas.ts';

/** Lines in one call: enough for their statements to be few, and few enough to be lost without a loss. */
const importedAtOnceMax = 500;

const text = (max: number) => v.pipe(v.string(), v.nonEmpty(), v.maxLength(max));

/** A part of a run, whose lines are judged one by one. */
export const ImportSchema = v.object({
  runId: Uuidv7Schema,
  dryRun: v.boolean(),
  lines: v.pipe(v.array(v.unknown()), v.minLength(1), v.maxLength(importedAtOnceMax)),
  firebase: v.optional(
    v.object({
      signerKey: v.pipe(
        v.instance(Buffer),
        v.check(({ length }) => length >= 16 && length <= 64, 'length'),
      ),
      saltSeparator: v.pipe(
        v.instance(Buffer),
        v.check(({ length }) => length <= 16, 'length'),
      ),
      rounds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64)),
      memoryCost: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)),
    }),
  ),
});

/** One line. What it proves of an address it proves by the word of the other system. */
export const ImportedLineSchema = v.object({
  externalId: v.optional(text(256)),
  email: EmailSchema,
  emailVerified: v.boolean(),
  phone: v.optional(PhoneNumberSchema),
  phoneVerified: v.boolean(),
  locale: v.optional(LocaleSchema),
  acceptedTerms: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,32}$/, 'version'))),
  locked: v.boolean(),
  createdAt: v.optional(v.date()),
  passwordHash: v.optional(text(1024)),
});
export type ImportedLine = v.InferOutput<typeof ImportedLineSchema>;

export const ExportSchema = v.object({ runId: Uuidv7Schema, withHashes: v.boolean() });
