import * as v from 'valibot';
import { Uuidv7Schema } from '#time/uuid.ts';

/** The id of a user: a UUIDv7, given when a registration starts and never used again after erasure. */
export const UserIdSchema = v.pipe(Uuidv7Schema, v.brand('UserId'));

export type UserId = v.InferOutput<typeof UserIdSchema>;
