import { uuidv7 } from '@bank/domain';

const [userId, noteId] = [uuidv7(), uuidv7()];
const approved = { userId, noteId, approval: 'none' };

/**
 * What a method is called with whose features must read the message to know who may: readable, about nobody, and by no
 * approval. All others are called with an empty message.
 */
export const rpcMessages: Readonly<Record<string, object>> = {
  'bank.user.v1.UserService/SetUserStatus': { userId, noteId, status: 'USER_STATUS_LOCKED' },
  'bank.user.v1.UserService/SetRoles': { ...approved, roles: ['support'] },
  'bank.user.v1.UserService/PrepareInvitation': { email: 'nobody@example.com', roles: ['support'] },
  'bank.user.v1.UserService/ViewInvitation': { invitationId: uuidv7() },
  'bank.user.v1.UserService/InviteStaff': { invitationId: uuidv7(), roles: ['support'], noteId, approval: 'none' },
  'bank.auth.v1.AuthService/RevokeSessions': { userId, noteId, reason: 'SESSION_END_REASON_ENDED_BY_STAFF' },
  'bank.auth.v1.AuthService/StartPasswordReset': { userId, noteId },
  'bank.auth.v1.AuthService/ApproveRecovery': { ...approved, recoveryId: uuidv7() },
  'bank.mfa.v1.MfaService/ResetFactors': approved,
  'bank.profile.v1.ProfileService/DecideKycCase': {
    ...approved,
    caseId: uuidv7(),
    attempt: 1,
    decision: 'KYC_DECISION_APPROVE',
  },
};
