import * as v from 'valibot';

/** Recovery codes, shown once. */
export const RecoveryCodes = v.strictObject({ codes: v.array(v.string()) });
