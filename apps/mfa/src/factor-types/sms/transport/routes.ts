import { sentCodeRoutes } from '#factor-types/sent-code/transport/sent-code-routes.ts';
import { factorType } from '#factor-types/sms/factor-type.ts';

export const routes = sentCodeRoutes(factorType, 'the verified phone number');
