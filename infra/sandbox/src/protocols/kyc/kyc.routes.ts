import { Hono } from 'hono';
import type { KycProtocol } from '#protocols/kyc/kyc.ts';

/** What the KYC service has taken: `GET /api/kyc`, ids alone. */
export function kycRoutes(kyc: KycProtocol): Hono {
  return new Hono().get('/api/kyc', (context) => context.json({ items: kyc.taken() }));
}
