import { CountryCodeSchema, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';

// Letters of every script with their marks, digits, spaces and the signs names are written with, joiners of Persian and
// Indic scripts included; a letter at least. No control characters, brackets of markup or formulas (SR-76).
const nameCharacters = /^(?=.*\p{L})[\p{L}\p{M}\p{N} .,'’·・()/\p{Join_Control}-]+$/u;
// Nothing that ends a line, stands for half a character or turns the direction of what follows.
const plainText = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+$/u;
const name = v.pipe(
  v.string(),
  v.normalize('NFC'),
  v.trim(),
  v.maxLength(100),
  v.regex(nameCharacters, 'name_characters'),
);
const occupation = v.pipe(v.string(), v.normalize('NFC'), v.trim(), v.maxLength(120), v.regex(plainText, 'plain_text'));
const dateOfBirth = v.pipe(v.string(), v.isoDate(), v.check(isCalendarDate, 'calendar_date'));

/** The group kept as law demands: who the person is. */
const Identity = v.strictObject({
  givenName: v.nullable(name),
  middleName: v.nullable(name),
  familyName: v.nullable(name),
  dateOfBirth: v.nullable(dateOfBirth),
  nationality: v.nullable(CountryCodeSchema),
});

/** The group that goes with the erasable key: what the person chose to tell. */
const Particulars = v.strictObject({ preferredName: v.nullable(name), occupation: v.nullable(occupation) });

/** JSON Merge Patch (RFC 7396): a member that is absent stays, `null` removes. */
export const ProfilePatch = v.partial(v.strictObject({ ...Identity.entries, ...Particulars.entries }));
export type ProfilePatch = v.InferOutput<typeof ProfilePatch>;

const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** A profile as its owner sees it; what is unknown is `null`. */
export const ProfileView = v.strictObject({
  userId: UserIdSchema,
  ...Identity.entries,
  ...Particulars.entries,
  createdAt: timestamp,
  updatedAt: timestamp,
});

/** The fields that tell something of the person; reading them for somebody else is recorded. */
export const personalFields = [...Object.keys(Identity.entries), ...Object.keys(Particulars.entries)];

export const UserIds = v.pipe(v.array(UserIdSchema), v.minLength(1), v.maxLength(100));

function isCalendarDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
