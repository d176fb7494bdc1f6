import { factorRoutes } from '#transport/http/factor.routes.ts';
import { recoveryCodeRoutes } from '#transport/http/recovery-code.routes.ts';
import { sentCodeRoutes } from '#transport/http/sent-code.routes.ts';
import { totpRoutes } from '#transport/http/totp.routes.ts';
import { webauthnRoutes } from '#transport/http/webauthn.routes.ts';

/** Every REST route of the service. */
export const routes = [...factorRoutes, ...totpRoutes, ...webauthnRoutes, ...sentCodeRoutes, ...recoveryCodeRoutes];
