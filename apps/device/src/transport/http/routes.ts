import { deviceRoutes } from '#transport/http/device.routes.ts';

/** Every REST route of the service. */
export const routes = [...deviceRoutes];
