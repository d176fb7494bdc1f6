import { UserIdSchema } from '@bank/domain';
import * as v from 'valibot';

/** A user who was activated, as `auth` told. */
export const Activation = v.strictObject({ userId: UserIdSchema, activatedAt: v.date() });
