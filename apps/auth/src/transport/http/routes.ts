import { activationRoutes } from '#transport/http/activation.routes.ts';
import { contactRoutes } from '#transport/http/contact.routes.ts';
import { passkeyRoutes } from '#transport/http/passkey.routes.ts';
import { passwordRoutes } from '#transport/http/password.routes.ts';
import { recoveryRoutes } from '#transport/http/recovery.routes.ts';
import { registrationRoutes } from '#transport/http/registration.routes.ts';
import { sessionRoutes } from '#transport/http/session.routes.ts';
import { signInRoutes } from '#transport/http/sign-in.routes.ts';
import { stepUpRoutes } from '#transport/http/step-up.routes.ts';
import { tokenRoutes } from '#transport/http/token.routes.ts';
import { userRoutes } from '#transport/http/user.routes.ts';
import { webhookRoutes } from '#transport/http/webhook.routes.ts';

/** Every REST route of the service. */
export const routes = [
  ...registrationRoutes,
  ...activationRoutes,
  ...signInRoutes,
  ...passkeyRoutes,
  ...sessionRoutes,
  ...stepUpRoutes,
  ...passwordRoutes,
  ...recoveryRoutes,
  ...userRoutes,
  ...contactRoutes,
  ...tokenRoutes,
  ...webhookRoutes,
];
