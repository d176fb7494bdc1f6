// A process that does nothing but forward, for tests that kill it.
import { loadConfig } from '#config.ts';
import { createContext } from '#context.ts';
import { createLedgerForwarder } from '#jobs/ledger-forwarder.ts';

const ctx = await createContext(loadConfig(process.env));
if (ctx.auditReceiver === undefined) throw new Error('AUDIT_RPC_URL is not set');
await createLedgerForwarder(ctx, ctx.auditReceiver, { everyMs: 20, firstMs: 20, mostMs: 100 }).start();
