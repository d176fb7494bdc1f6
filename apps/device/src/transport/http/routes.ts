import { deviceRoutes } from '#transport/http/device.routes.ts';
import { deviceKeyRoutes } from '#transport/http/device-key.routes.ts';
import { signInRoutes } from '#transport/http/sign-in.routes.ts';

/** Every REST route of the service. */
export const routes = [...deviceRoutes, ...deviceKeyRoutes, ...signInRoutes];
