import type { MessageCategory } from '@bank/domain';
import type { SmsTemplateName } from '#templates/sms-templates.ts';
import type { TemplateName } from '#templates/templates.ts';

/**
 * What each message is about, by which its reader can do without it or not: codes, and whatever is done to the account or
 * what stands in it, is `security` and goes to everybody. The compiler names a template that has none.
 */
const categories: Readonly<Record<TemplateName | SmsTemplateName, MessageCategory>> = {
  'registration-code': 'security',
  'registration-link': 'security',
  'registration-attempted': 'security',
  welcome: 'account',
  'sign-in-code': 'security',
  'new-device': 'security',
  'device-trusted': 'security',
  'device-untrusted': 'security',
  'device-removed': 'security',
  'device-key-bound': 'security',
  'device-key-rotated': 'security',
  'device-key-removed': 'security',
  'sign-in-after-failures': 'security',
  'account-locked': 'security',
  'refresh-token-reuse': 'security',
  'sign-in-denied': 'security',
  'factor-code': 'security',
  'sms-factor-added': 'security',
  'factor-added': 'security',
  'factor-removed': 'security',
  'factor-changed': 'security',
  'recovery-codes-created': 'security',
  'recovery-code-used': 'security',
  'recovery-codes-low': 'security',
  'second-factor-blocked': 'security',
  'step-up-code': 'security',
  'passkey-copied': 'security',
  'account-stopped': 'security',
  'account-opened-again': 'security',
  'account-suspended': 'security',
  'account-closed': 'security',
  'profile-change-requested': 'security',
  'profile-change-approved': 'security',
  'profile-change-rejected': 'account',
  'roles-changed': 'security',
  'factors-reset': 'security',
  'password-reset': 'security',
  'password-changed': 'security',
  'account-recovery': 'security',
  'recovery-in-review': 'security',
  'recovery-waiting': 'security',
  'recovery-cancelled': 'security',
  'recovery-completed': 'security',
  'staff-invitation': 'security',
  'phone-changed': 'security',
  'phone-code': 'security',
  'email-code': 'security',
  'email-change-attempted': 'security',
  'email-change-requested': 'security',
  'email-changed': 'security',
  'email-replaced': 'security',
  'email-reverted': 'security',
  'kyc-approved': 'account',
  'kyc-rejected': 'account',
  'kyc-more-information': 'account',
  'kyc-expiring': 'account',
  'kyc-expired': 'account',
  'session-revoked': 'security',
  'bank-account-linked': 'security',
  'bank-account-unlinked': 'security',
  'bank-account-default': 'security',
  'transaction-code': 'security',
};

/** What a message is about. One that is none of today's is nobody's to switch off. */
export function categoryOf(template: string): MessageCategory {
  return Object.hasOwn(categories, template) ? categories[template as keyof typeof categories] : 'security';
}
