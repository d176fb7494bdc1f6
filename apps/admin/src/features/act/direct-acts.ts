import type { Permission } from '@bank/domain';
import type { ActTarget } from '#adapters/auth/user-acts.ts';
import type { Owners } from '#adapters/owners.ts';

/** What one member of staff does to a user alone, with a reason. */
interface DirectAct {
  /** As events and the ledger name it. */
  readonly action: string;
  readonly permission: Permission;
  perform(owners: Owners, target: ActTarget): Promise<unknown>;
}

/** By the last segment of their paths. */
export const directActs = {
  lock: {
    action: 'user.lock',
    permission: 'users.lock',
    perform: ({ users }, target) => users.setStatus({ ...target, status: 'locked' }),
  },
  unlock: {
    action: 'user.unlock',
    permission: 'users.lock',
    perform: ({ users }, target) => users.setStatus({ ...target, status: 'active' }),
  },
  'sign-out': {
    action: 'user.sign_out',
    permission: 'users.sign_out',
    perform: ({ sessions }, target) => sessions.signOut(target),
  },
  'start-password-reset': {
    action: 'user.start_password_reset',
    permission: 'users.reset_password',
    perform: ({ sessions }, target) => sessions.startPasswordReset(target),
  },
  'resend-verification': {
    action: 'user.resend_verification',
    permission: 'users.reset_password',
    perform: ({ users }, target) => users.resendVerification(target),
  },
} as const satisfies Readonly<Record<string, DirectAct>>;
export type DirectActName = keyof typeof directActs;
