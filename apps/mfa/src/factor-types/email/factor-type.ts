import { sentCodeFactor } from '#factor-types/sent-code/sent-code-type.ts';

/** Codes by email: they prove an address and no more, so they raise nothing and confirm nobody (SR-29). */
export const factorType = sentCodeFactor('email', { methods: ['otp'], raises: false, purposes: ['sign_in'] });
