import { type ApprovalAction, type ApprovalPayload, approvalPayloads, parse } from '@bank/domain';
import type { Approved } from '#adapters/auth/user-acts.ts';
import type { AppContext } from '#context.ts';
import { outcomeOf } from '#features/act/outcome.ts';
import type { Approval } from '#storage/approval.entity.ts';

type Executor = Pick<AppContext, 'owners' | 'logger'>;

/** How each action is done by its owner, with the token of the checker and the signed request of the maker. */
const approvedActs: {
  readonly [A in ApprovalAction]: (ctx: Executor, payload: ApprovalPayload<A>, by: Approved) => Promise<void>;
} = {
  'user.set_roles': ({ owners }, payload, by) => owners.users.setRoles({ ...payload, ...by }),
  'user.suspend': ({ owners }, payload, by) => owners.users.setStatus({ ...payload, ...by, status: 'suspended' }),
  'user.reinstate': ({ owners }, payload, by) => owners.users.setStatus({ ...payload, ...by, status: 'active' }),
  'user.close': ({ owners }, payload, by) => owners.users.setStatus({ ...payload, ...by, status: 'closed' }),
  'user.reset_factors': async ({ owners, logger }, payload, by) => {
    await owners.resetFactors({ ...payload, ...by });
    // What was opened with them ends by an event as well, which may be late (SR-35, SR-47). Asked again, both have no second effect.
    const signedOut = await outcomeOf(() => owners.sessions.endAfterReset({ ...payload, noteId: by.noteId }));
    if (signedOut.kind === 'unavailable') throw signedOut.error;
    // The factors are gone, whatever has become of the checker since: it is done, and the event does the rest.
    if (signedOut.kind === 'refused')
      logger.warn({ err: signedOut.error }, 'sessions are left to the event of the reset');
  },
  'user.recover': ({ owners }, payload, by) => owners.recoveries.approve({ ...payload, ...by }),
  'kyc.approve': ({ owners }, payload, by) => owners.kyc.approve({ ...payload, ...by }),
  'kyc.reject': ({ owners }, payload, by) => owners.kyc.reject({ ...payload, ...by }),
  'staff.invite': ({ owners }, payload, by) => owners.users.invite({ ...payload, ...by }),
};

/** Has an approval done by its owner. @throws what the owner answers, service.unavailable */
export function executeApproval(ctx: Executor, approval: Approval): Promise<void> {
  const by = { noteId: approval.noteId, approval: approval.request };
  return execute(ctx, approval.action, approval.payload, by);
}

function execute<A extends ApprovalAction>(ctx: Executor, action: A, payload: unknown, by: Approved): Promise<void> {
  return approvedActs[action](ctx, parse(approvalPayloads[action], payload) as ApprovalPayload<A>, by);
}
