import * as v from 'valibot';

/** Recovery codes, shown once. */
export const RecoveryCodes = v.strictObject({ codes: v.array(v.string()) });

/** An answer that is a recovery code. */
export const RecoveryCodeResponse = v.strictObject({ recoveryCode: v.pipe(v.string(), v.nonEmpty(), v.maxLength(64)) });
export type RecoveryCodeResponse = v.InferOutput<typeof RecoveryCodeResponse>;
