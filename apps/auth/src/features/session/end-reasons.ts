/** Why a session ended before its time; kept with the session and told in events. */
export const endReasons = [
  'logout',
  'logout_all',
  'ended_by_user',
  'ended_by_staff',
  'token_reuse',
  'device_removed',
  'status_changed',
  'factor_changed',
  'password_changed',
  'enrolled',
  'email_reverted',
  'limit',
] as const;
export type EndReason = (typeof endReasons)[number];
