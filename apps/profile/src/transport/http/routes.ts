import { profileRoutes } from '#transport/http/profile.routes.ts';

/** Every REST route of the service. */
export const routes = [...profileRoutes];
