import * as v from 'valibot';
import type { Brand } from '#brand.ts';
import { Uuidv7Schema } from '#time/uuid.ts';

/** The id of a user: a UUIDv7, given when a registration starts and never used again after erasure. */
export type UserId = Brand<string, 'UserId'>;

export const UserIdSchema = v.pipe(Uuidv7Schema, v.brand('UserId'));
