import { UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';

/** Whose data, and the user's request that it is part of. */
export const DataRequest = v.strictObject({ userId: UserIdSchema, requestId: Uuidv7Schema });
