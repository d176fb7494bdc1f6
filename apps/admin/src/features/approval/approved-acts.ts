import { type ApprovalAction, type ApprovalPayload, approvalPayloads, parse } from '@bank/domain';
import type { Approved } from '#adapters/auth/user-acts.ts';
import type { Owners } from '#adapters/owners.ts';
import type { Approval } from '#storage/approval.entity.ts';

/** How each action is done by its owner, with the token of the checker and the signed request of the maker. */
const approvedActs: {
  readonly [A in ApprovalAction]: (owners: Owners, payload: ApprovalPayload<A>, by: Approved) => Promise<void>;
} = {
  'user.set_roles': ({ users }, payload, by) => users.setRoles({ ...payload, ...by }),
  'user.suspend': ({ users }, payload, by) => users.setStatus({ ...payload, ...by, status: 'suspended' }),
  'user.reinstate': ({ users }, payload, by) => users.setStatus({ ...payload, ...by, status: 'active' }),
  'user.close': ({ users }, payload, by) => users.setStatus({ ...payload, ...by, status: 'closed' }),
  'user.reset_factors': async ({ resetFactors, sessions }, payload, by) => {
    await resetFactors({ ...payload, ...by });
    // What was opened with them ends by an event as well, which may be late (SR-47). Asked again, both have no second effect.
    await sessions.signOut({ ...payload, noteId: by.noteId });
  },
  'user.recover': ({ recoveries }, payload, by) => recoveries.approve({ ...payload, ...by }),
  'kyc.approve': ({ kyc }, payload, by) => kyc.approve({ ...payload, ...by }),
  'kyc.reject': ({ kyc }, payload, by) => kyc.reject({ ...payload, ...by }),
  'staff.invite': ({ users }, payload, by) => users.invite({ ...payload, ...by }),
};

/** Has an approval done by its owner. @throws what the owner answers, service.unavailable */
export function executeApproval(owners: Owners, approval: Approval): Promise<void> {
  const by = { noteId: approval.noteId, approval: approval.request };
  return execute(owners, approval.action, approval.payload, by);
}

function execute<A extends ApprovalAction>(owners: Owners, action: A, payload: unknown, by: Approved): Promise<void> {
  return approvedActs[action](owners, parse(approvalPayloads[action], payload) as ApprovalPayload<A>, by);
}
