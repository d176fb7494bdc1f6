import type { StepUp } from '@bank/service-kit';

/** What decides about others' rights or shows what is masked needs an authentication of the last 15 minutes (SR-62, SR-72). */
export const freshStepUp: StepUp = { acr: 'aal2', maxAgeSeconds: 900 };
