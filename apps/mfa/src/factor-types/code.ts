import * as v from 'valibot';

/** Six digits: what an authenticator app shows, and what is sent to people. */
const Code = v.pipe(v.string('code'), v.regex(/^\d{6}$/, 'code'));

/** An answer that is a code. */
export const CodeResponse = v.strictObject({ code: Code });
export type CodeResponse = v.InferOutput<typeof CodeResponse>;
