import { randomBytes } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { ImportResult, UserService } from '@bank/proto/user';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { freshEmail } from './accounts.ts';
import type { TestAuth } from './auth.ts';
import { callerTable, clientAs } from './rpc.ts';

type Request = Omit<MessageInitShape<(typeof UserService)['method']['importUsers']['input']>, '$typeName' | '$unknown'>;

/** A line as an operator sends it. */
export interface ImportedLine {
  externalId?: string;
  email?: string;
  emailVerified?: boolean;
  phone?: string;
  phoneVerified?: boolean;
  locale?: string;
  acceptedTerms?: string;
  locked?: boolean;
  createdAt?: Timestamp;
  passwordHash?: string;
}

const methods = ['ImportUsers', 'ExportUsers'].map((name) => `bank.user.v1.UserService/${name}`);

/** The operator may import and export, and nobody else, whatever their certificate is listed for. */
export const importCallers = callerTable({ ops: { methods }, tools: { methods } });

/** What an operator's command does. */
async function operatorOf(auth: TestAuth) {
  return await clientAs(auth, 'ops', UserService);
}

/** Imports lines, and tells what became of each: `created`, `already`, or field and rule. */
export async function importLines(
  auth: TestAuth,
  users: readonly ImportedLine[],
  others: Partial<Omit<Request, 'users'>> = {},
): Promise<string[]> {
  const operator = await operatorOf(auth);
  const { outcomes } = await operator.importUsers({ runId: uuidv7(), users: [...users], ...others });
  return outcomes.map(({ result, field, rule }) => {
    if (result === ImportResult.REFUSED) return `${field} ${rule}`;
    return result === ImportResult.CREATED ? 'created' : 'already';
  });
}

/** A line about somebody new. */
export function lineOf(changes: ImportedLine = {}): ImportedLine & { email: string } {
  const email = freshEmail();
  return { externalId: `c-${randomBytes(8).toString('hex')}`, email, emailVerified: true, ...changes };
}

/** The row of the user who was made last. */
export async function newestUser(auth: TestAuth) {
  const [row] = await auth.database.query<Record<string, unknown> & { id: string; passwordHash: string | null }>(
    `select u.id, u.status, u.roles, u.email_verified_at is not null as "emailVerified",
        u.phone_verified_at is not null as "phoneVerified", u.locale, u.accepted_terms as "acceptedTerms",
        u.version::int, u.created_at as "createdAt", c.password_hash as "passwordHash"
      from auth.users u left join auth.credentials c on c.user_id = u.id order by u.id desc limit 1`,
  );
  if (row === undefined) throw new Error('there is no user');
  return row;
}
