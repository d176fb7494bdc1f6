import { sentCodeFactor } from '#features/factor-types/sent-code/sent-code-type.ts';

/** Codes by text message: a restricted factor (NIST SP 800-63B-4 §3.1.3.3), good enough for customers and never for staff. */
export const sms = sentCodeFactor('sms', {
  assurance: 'aal2',
  purposes: ['sign_in', 'step_up', 'transaction'],
  notice: 'sms-factor-added',
});
