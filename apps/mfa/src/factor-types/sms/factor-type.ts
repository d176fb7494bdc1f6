import { sentCodeFactor } from '#factor-types/sent-code/sent-code-type.ts';

/** Codes by text message: a restricted factor (NIST SP 800-63B-4 §3.1.3.3), good enough for customers and never for staff. */
export const factorType = sentCodeFactor('sms', {
  methods: ['sms'],
  raises: true,
  purposes: ['sign_in', 'step_up', 'transaction'],
  notice: 'sms-factor-added',
});
