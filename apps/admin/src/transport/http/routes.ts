import { ledgerRoutes } from '#transport/http/ledger.routes.ts';

/** Every REST route of the service. */
export const routes = [...ledgerRoutes];
