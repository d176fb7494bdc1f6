import { consentRoutes } from '#transport/http/consent.routes.ts';
import { profileRoutes } from '#transport/http/profile.routes.ts';
import { settingsRoutes } from '#transport/http/settings.routes.ts';

/** Every REST route of the service. */
export const routes = [...profileRoutes, ...settingsRoutes, ...consentRoutes];
