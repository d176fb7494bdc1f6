import { UserIdSchema } from '@bank/domain';
import * as v from 'valibot';

/** Words of a person: no control characters but the ends of lines, and nothing that turns the direction of what follows. */
const plainText = /^(?:[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]|[\r\n])+$/u;

/** Why a member of staff does something, in their own words. The words are sealed in a note and go nowhere else. */
export const ReasonText = v.pipe(
  v.string(),
  v.normalize('NFC'),
  v.trim(),
  v.minLength(3),
  v.maxLength(1000),
  v.regex(plainText, 'plain_text'),
);

/** What every act of staff says. */
export const Reasoned = v.strictObject({ reason: ReasonText });

/** The path of a route about one user. */
export const UserParams = v.strictObject({ id: UserIdSchema });
