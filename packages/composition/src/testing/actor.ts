import { audiences, type UserActor, type UserId, uuidv7 } from '@bank/domain';

/** A user as features are handed them: a customer who has just signed in with a password, unless said otherwise. */
export function actorOf(userId: UserId, changes: Partial<UserActor> = {}): UserActor {
  const session = {
    sessionId: uuidv7(),
    roles: ['customer'],
    acr: 'aal1',
    amr: ['pwd'],
    authTime: new Date(),
  } as const;
  return { kind: 'user', userId, ...session, audience: audiences.customers, ...changes };
}
