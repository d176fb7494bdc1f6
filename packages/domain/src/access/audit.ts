/** Everything the ledger tells of. A verb that opens a transaction names those it may write. */
export const auditActions = [
  'auth.registration.started',
  'auth.registration.resent',
  'auth.registration.verified',
  'auth.registration.failed',
  'auth.activation.succeeded',
  'auth.activation.failed',
  'auth.sign_in.succeeded',
  'auth.sign_in.failed',
  'auth.sign_in.locked',
  'auth.session.revoked',
  'auth.sessions.revoked',
  'auth.stepped_up',
  'auth.step_up.failed',
  'auth.token.reuse_detected',
  'auth.key.rotated',
  'auth.delivery.sent',
  'auth.delivery.failed',
  'auth.delivery.delivered',
  'auth.delivery.suppressed',
  'user.created',
  'user.read',
  'user.contact_read',
  'user.status_changed',
  'user.roles_changed',
  'user.erased',
  'user.phone_changed',
  'user.contact_change.requested',
  'user.contact_change.failed',
  'user.contact_change.resent',
  'profile.created',
  'profile.read',
  'profile.updated',
  'mfa.factor.enrolled',
  'mfa.factor.renamed',
  'mfa.factor.removed',
  'mfa.recovery_codes.generated',
  'mfa.recovery_code.used',
  'mfa.challenge.passed',
  'mfa.challenge.failed',
  'approval.signed',
  'device.registered',
  'device.signed_in',
  'device.read',
  'device.renamed',
  'device.trusted',
  'device.untrusted',
  'device.removed',
  'data_keys.destroyed',
  'access.denied',
  'audit.searched',
  'audit.verified',
  'admin.users.searched',
  'admin.user.viewed',
  'admin.user.unmasked',
  'admin.action.requested',
  'admin.action.performed',
  'admin.approval.requested',
  'admin.approval.read',
  'admin.approval.decided',
  'admin.approval.expired',
  'operator.command_run',
] as const;
export type AuditAction = (typeof auditActions)[number];

export type AuditOutcome = 'success' | 'failure' | 'denied';

/** One entry for the ledger. Ids only: `subject` is the id of whom or what it is about; no personal data, no secret (SR-85). */
export interface AuditRecord {
  readonly action: AuditAction;
  readonly subject: string;
  readonly outcome: AuditOutcome;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}
