import { isCalendarDate } from '@bank/domain';
import type { UserService } from '@bank/proto/user';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import * as v from 'valibot';

type ImportedUser = NonNullable<
  MessageInitShape<(typeof UserService)['method']['importUsers']['input']>['users']
>[number];

/** Why a record was refused: field and rule, never a value. */
export interface RecordProblem {
  readonly field: string;
  readonly rule: string;
}

const text = v.optional(v.pipe(v.string('text'), v.maxLength(1024, 'too_long')), '');
/** As JSON has it, and as CSV spells it. */
const flag = v.optional(
  v.union(
    [
      v.boolean(),
      v.pipe(
        v.picklist(['true', 'false', '1', '0']),
        v.transform((word) => ['true', '1'].includes(word)),
      ),
    ],
    'boolean',
  ),
  false,
);

/** JSON's reader rounds what is beyond 2⁵³: two ids would become one, and the second user be taken for the first. */
const idNumber = v.pipe(v.number(), v.safeInteger(), v.transform(String));

function issueOfId({ input }: v.BaseIssue<unknown>): string {
  return typeof input === 'number' ? 'inexact_number' : 'text';
}

const RecordSchema = v.strictObject({
  externalId: v.optional(v.union([text, idNumber], issueOfId), ''),
  email: v.pipe(v.string('text'), v.maxLength(1024, 'too_long')),
  emailVerified: flag,
  phone: text,
  phoneVerified: flag,
  locale: text,
  acceptedTerms: text,
  locked: flag,
  createdAt: v.optional(
    v.pipe(
      v.string('time'),
      v.isoTimestamp('time'),
      v.check((given) => isCalendarDate(given.slice(0, 10)), 'time'),
      v.transform((given) => new Date(given)),
    ),
  ),
  passwordHash: text,
});

const plainKey = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;
const ruleName = /^[a-z][a-z0-9_]{0,63}$/;

/** A record as auth is sent it, or what is wrong with its form. Whether its values will do is for auth to say. */
export function toImportedUser(
  fields: Readonly<Record<string, unknown>> | undefined,
): { readonly user: ImportedUser } | RecordProblem {
  if (fields === undefined) return { field: '', rule: 'unreadable' };
  const present = Object.entries(fields).filter(([, value]) => value !== null);
  const read = v.safeParse(RecordSchema, Object.fromEntries(present));
  if (!read.success) return problemOf(read.issues[0]);
  const { createdAt, ...user } = read.output;
  return { user: { ...user, ...(createdAt && { createdAt: timestampFromDate(createdAt) }) } };
}

/** A key that somebody made up could carry anything, so only plain names are repeated. */
function problemOf(issue: v.BaseIssue<unknown>): RecordProblem {
  const key = issue.path?.[0]?.key;
  const field = typeof key === 'string' && plainKey.test(key) ? key : '*';
  if (issue.path?.at(-1)?.origin === 'key')
    return { field, rule: issue.expected === 'never' ? 'unknown_field' : 'required' };
  return { field, rule: ruleName.test(issue.message) ? issue.message : issue.type };
}
