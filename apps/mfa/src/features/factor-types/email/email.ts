import { sentCodeFactor } from '#features/factor-types/sent-code/sent-code-type.ts';

/** Codes by email: they prove an address and no more, so they raise nothing and confirm nobody (SR-29). */
export const email = sentCodeFactor('email', { assurance: 'aal1', purposes: ['sign_in'] });
