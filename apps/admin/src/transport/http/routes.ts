import { actRoutes } from '#transport/http/act.routes.ts';
import { approvalRoutes } from '#transport/http/approval.routes.ts';
import { changeRequestRoutes } from '#transport/http/change-request.routes.ts';
import { kycRoutes } from '#transport/http/kyc.routes.ts';
import { ledgerRoutes } from '#transport/http/ledger.routes.ts';
import { userRoutes } from '#transport/http/user.routes.ts';

/** Every REST route of the service. */
export const routes = [
  ...ledgerRoutes,
  ...userRoutes,
  ...actRoutes,
  ...approvalRoutes,
  ...changeRequestRoutes,
  ...kycRoutes,
];
