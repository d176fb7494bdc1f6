import { routes as ofKinds } from '#factor-types/gen/transport/routes.gen.ts';
import { factorRoutes } from '#transport/http/factor.routes.ts';

/** Every REST route of the service. */
export const routes = [...factorRoutes, ...ofKinds];
