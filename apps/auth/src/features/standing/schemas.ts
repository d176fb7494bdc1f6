import * as v from 'valibot';

/** A signed request of another member of staff, as it comes; what it is worth the verifier says. */
export const ApprovalSchema = v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096));
