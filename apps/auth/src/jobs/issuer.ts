import { createLoop } from '@bank/service-kit';
import type { Verifier } from '@bank/verifier';
import type { AppContext } from '#context.ts';
import { loadClients } from '#features/client/load-clients.ts';
import { rotateSigningKeys } from '#features/signing-key/rotate-signing-keys.ts';
import { createRevocationPublisher } from '#jobs/revocation-publisher.ts';

const rotationCheckMs = 60_000;

/**
 * The verifier of the process that issues the tokens: before it starts there are keys to verify with and somebody publishes
 * revocations, and both go on until it has stopped. It is not ready before the clients have been read.
 */
export function createIssuer(ctx: AppContext): Verifier {
  const { verifier, logger } = ctx;
  const rotation = createLoop({
    name: 'signing keys',
    everyMs: rotationCheckMs,
    logger,
    work: () => rotateSigningKeys(ctx),
  });
  const clients = createLoop({ name: 'clients', everyMs: rotationCheckMs, logger, work: () => loadClients(ctx) });
  const publisher = createRevocationPublisher(ctx);
  let stopListening: (() => Promise<void>) | undefined;
  return {
    verify: (token, options) => verifier.verify(token, options),
    verifyApproval: (approval, demand) => verifier.verifyApproval(approval, demand),
    verifyTransaction: (token) => verifier.verifyTransaction(token),
    async ping() {
      ctx.clientRegistry.find(''); // throws until it has been read
      await verifier.ping();
    },
    async start() {
      await Promise.all([clients.start(), rotation.start(), publisher.start()]);
      // Another replica has made, moved or forgotten a key.
      stopListening = await ctx.database.listen('auth_signing_keys', rotation.wake);
      await verifier.start();
    },
    async stop() {
      await verifier.stop();
      await stopListening?.();
      await Promise.all([clients.stop(), rotation.stop(), publisher.stop()]);
    },
  };
}
