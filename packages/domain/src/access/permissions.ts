/** What a person can be to the bank. */
export const roles = ['customer', 'support', 'compliance', 'admin'] as const;
/** One of them; a person may have several. */
export type Role = (typeof roles)[number];

/** Rights over other people's things. What is one's own needs none: that is `allow.self`. */
export const permissions = [
  'users.search',
  'users.read',
  'users.unmask',
  'users.lock',
  'users.suspend',
  'users.close',
  'users.sign_out',
  'users.reset_password',
  'users.reset_mfa',
  'users.roles',
  'kyc.read',
  'kyc.decide',
  'legal_hold.manage',
  'approvals.read',
  'approvals.decide',
  'bulk.run',
  'audit.read',
  'audit.export',
  'stats.read',
] as const;
export type Permission = (typeof permissions)[number];

const support = [
  'users.search',
  'users.read',
  'users.lock',
  'users.sign_out',
  'users.reset_password',
  'users.reset_mfa',
  'approvals.read',
] as const satisfies readonly Permission[];

const compliance = [
  'users.search',
  'users.read',
  'users.unmask',
  'users.lock',
  'users.suspend',
  'users.close',
  'users.sign_out',
  'kyc.read',
  'kyc.decide',
  'legal_hold.manage',
  'approvals.read',
  'approvals.decide',
  'audit.read',
  'audit.export',
  'stats.read',
] as const satisfies readonly Permission[];

/** Which role holds which permission. Administrators run the system; they neither decide KYC cases nor place legal holds. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  customer: [],
  support,
  compliance,
  admin: [
    'users.search',
    'users.read',
    'users.lock',
    'users.suspend',
    'users.close',
    'users.sign_out',
    'users.reset_password',
    'users.reset_mfa',
    'users.roles',
    'approvals.read',
    'approvals.decide',
    'bulk.run',
    'audit.read',
    'stats.read',
  ],
};

/** Whether any of the roles holds the permission. */
export function hasPermission(held: readonly Role[], permission: Permission): boolean {
  return held.some((role) => rolePermissions[role].includes(permission));
}
