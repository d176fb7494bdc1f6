import {
  EmailSchema,
  isCalendarDate,
  PhoneNumberSchema,
  roles,
  UserIdSchema,
  type UserState,
  userStates,
} from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { ReasonText } from '#features/act/schemas.ts';
import { unmaskableFields } from '#features/user/policies.ts';

const Roles = v.array(v.picklist(roles));
const State = v.picklist(Object.keys(userStates.states) as UserState[]);
const version = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** A user who was activated, as `auth` told. */
export const Activation = v.strictObject({ userId: UserIdSchema, roles: Roles, activatedAt: v.date() });

/** A user who moved in the state machine, as `auth` told. */
export const StatusChange = v.strictObject({ userId: UserIdSchema, status: State, version });

/** A user whose roles were changed, as `auth` told. */
export const RolesChange = v.strictObject({ userId: UserIdSchema, roles: Roles, version });

const limitMax = 100;
const limitDefault = 20;

/** One rule at a time: what is not written as a date is on no calendar either. */
const day = v.config(v.pipe(v.string(), v.isoDate(), v.check(isCalendarDate, 'calendar_date')), {
  abortPipeEarly: true,
});

/** Words of a name, each with an asterisk where it is a beginning; `profile` says what it can look for. */
const SearchedName = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

/** Whom staff look for: by exactly one thing, of which name and date of birth are one. In the body, so that no address stands in a URL (SR-83). */
export const UserSearch = v.pipe(
  v.strictObject({
    email: v.optional(EmailSchema),
    phone: v.optional(PhoneNumberSchema),
    userId: v.optional(UserIdSchema),
    status: v.optional(State),
    name: v.optional(SearchedName),
    dateOfBirth: v.optional(day),
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limitMax)), limitDefault),
    cursor: listQuery.cursor,
  }),
  v.check((search) => hasOneCriterion(search), 'one_criterion'),
);
export type UserSearch = v.InferOutput<typeof UserSearch>;

const timestamp = v.nullable(v.pipe(v.string(), v.isoTimestamp()));

/** A user in a list: no address. The flags are null while `auth` does not answer, the masked name unless it was looked for. */
const FoundUserView = v.strictObject({
  userId: UserIdSchema,
  status: v.string(),
  roles: Roles,
  emailVerified: v.nullable(v.boolean()),
  phoneVerified: v.nullable(v.boolean()),
  name: v.nullable(v.string()),
});

/** Users found, the latest registered first. */
export const FoundUsers = pageSchema(FoundUserView);

const text = v.nullable(v.string());

const UserView = v.strictObject({
  userId: UserIdSchema,
  status: v.string(),
  roles: Roles,
  emailVerified: v.boolean(),
  phoneVerified: v.boolean(),
  email: text,
  phone: text,
  locale: text,
  createdAt: timestamp,
});

const AddressView = v.strictObject({
  lines: v.array(v.string()),
  district: text,
  city: text,
  region: text,
  postalCode: text,
  country: v.string(),
});

const TaxResidencyView = v.strictObject({ country: v.string(), tin: text, noTinReason: text, explanation: text });

const ProfileView = v.strictObject({
  givenName: text,
  middleName: text,
  familyName: text,
  preferredName: text,
  dateOfBirth: text,
  nationality: text,
  occupation: text,
  gender: text,
  genderDescription: text,
  residence: text,
  addresses: v.strictObject({ home: v.nullable(AddressView), mailing: v.nullable(AddressView) }),
  sourceOfFunds: text,
  taxResidencies: v.array(TaxResidencyView),
  identityLockedAt: timestamp,
  createdAt: timestamp,
  updatedAt: timestamp,
});

const SessionView = v.strictObject({
  id: v.string(),
  clientId: v.string(),
  deviceId: text,
  acr: v.string(),
  amr: v.array(v.string()),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  expiresAt: timestamp,
});

const DeviceView = v.strictObject({
  id: v.string(),
  platform: text,
  model: text,
  trusted: v.boolean(),
  firstSeenAt: timestamp,
  lastSeenAt: timestamp,
});

/** Which fields of a user to show in full, and why. */
export const UnmaskRequest = v.strictObject({
  fields: v.pipe(v.array(v.picklist(unmaskableFields)), v.minLength(1), v.maxLength(unmaskableFields.length)),
  reason: ReasonText,
});

/** What is shown in full, and until when. */
export const UnmaskingView = v.strictObject({
  fields: v.array(v.string()),
  expiresAt: v.pipe(v.string(), v.isoTimestamp()),
});

/** Everything about one user. A part whose app is away is null and named in `unavailable`. */
export const FullUserView = v.strictObject({
  user: UserView,
  profile: v.nullable(ProfileView),
  sessions: v.array(SessionView),
  devices: v.nullable(v.array(DeviceView)),
  unmasked: v.nullable(UnmaskingView),
  unavailable: v.array(v.picklist(['profile', 'devices'])),
});

function hasOneCriterion(search: Readonly<Record<string, unknown>>): boolean {
  const { email, phone, userId, status, name, dateOfBirth } = search;
  return (
    [email, phone, userId, status, name ?? dateOfBirth].filter((criterion) => criterion !== undefined).length === 1
  );
}
