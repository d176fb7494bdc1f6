import { addressRoutes } from '#transport/http/address.routes.ts';
import { avatarRoutes } from '#transport/http/avatar.routes.ts';
import { bankAccountRoutes } from '#transport/http/bank-account.routes.ts';
import { billerAccountRoutes } from '#transport/http/biller-account.routes.ts';
import { changeRequestRoutes } from '#transport/http/change-request.routes.ts';
import { consentRoutes } from '#transport/http/consent.routes.ts';
import { fileRoutes } from '#transport/http/file.routes.ts';
import { kycRoutes } from '#transport/http/kyc.routes.ts';
import { profileRoutes } from '#transport/http/profile.routes.ts';
import { settingsRoutes } from '#transport/http/settings.routes.ts';

/** Every REST route of the service. */
export const routes = [
  ...profileRoutes,
  ...addressRoutes,
  ...changeRequestRoutes,
  ...settingsRoutes,
  ...consentRoutes,
  ...avatarRoutes,
  ...fileRoutes,
  ...bankAccountRoutes,
  ...billerAccountRoutes,
  ...kycRoutes,
];
