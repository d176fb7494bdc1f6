import { readerOf } from '@bank/database';
import { allow, DomainError, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import type { User } from '#storage/users/user.repository.ts';

const batchMax = 100;
const GetUserSchema = v.object({ userId: UserIdSchema });
const BatchGetUsersSchema = v.object({ userIds: v.pipe(v.array(UserIdSchema), v.maxLength(batchMax)) });

/** One user, for a listed service. @throws access.forbidden, request.invalid, user.not_found */
export async function getUser(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<User> {
  allow.service(caller.actor);
  const { userId } = parse(GetUserSchema, input);
  const user = await readerOf(ctx).users.find(userId);
  if (user === undefined) throw new DomainError('user.not_found');
  return user;
}

/** The users that exist among up to a hundred ids, for a listed service. @throws access.forbidden, request.invalid */
export async function batchGetUsers(ctx: AppContext, input: unknown, caller: Pick<Caller, 'actor'>): Promise<User[]> {
  allow.service(caller.actor);
  const { userIds } = parse(BatchGetUsersSchema, input);
  return await readerOf(ctx).users.findMany([...new Set(userIds)]);
}
