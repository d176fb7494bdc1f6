import { factorType } from '#factor-types/email/factor-type.ts';
import { sentCodeRoutes } from '#factor-types/sent-code/transport/sent-code-routes.ts';

export const routes = sentCodeRoutes(factorType, 'the verified email address');
