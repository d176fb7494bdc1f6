import { audiences, type Clock } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { createRevocationChannel } from '@bank/redis';
import { type BaseConfig, createRpcClient } from '@bank/service-kit';
import {
  createRefill,
  createRevocationFeed,
  createVerifier,
  type RevocationChannel,
  type Verifier,
} from '@bank/verifier';
import { tlsFilesOf } from '#app-tls.ts';
import type { Foundations } from '#foundations.ts';

type VerifierConfig = BaseConfig & { readonly AUTH_HTTP_URL: string; readonly AUTH_RPC_URL: string };

/**
 * Checks access tokens by the keys that `auth` publishes and by its revocation feed: pushes come through Redis, and what
 * was missed is asked for over RPC (ADR 4).
 */
export function createTokenVerifier(foundations: Foundations, config: VerifierConfig): Verifier {
  const { clock, logger, metrics, redis } = foundations;
  const auth = createRpcClient(AuthService, {
    baseUrl: config.AUTH_RPC_URL,
    tls: tlsFilesOf(config),
    serverUri: 'spiffe://bank/app/auth',
    breaker: { openMs: 500 }, // the feed paces itself, and nothing is ready before it has heard from auth
    logger,
    metrics,
  });
  const heard = listenedTo(createRevocationChannel(redis), clock);
  const feed = createRevocationFeed({
    channel: heard.channel,
    refill: createRefill((request) => auth.listRevocations(request)),
    clock,
    logger,
  });
  metrics.read('revocation_feed_current', 'Whether every published revocation is known here (1), or not (0)', {
    value: () => (feed.isCurrent() ? 1 : 0),
  });
  metrics.read('revocation_feed_silence_seconds', 'Time since the publisher of revocations was last heard', {
    value: heard.silenceSeconds,
  });
  return createVerifier({
    issuer: config.TOKEN_ISSUER,
    audiences: Object.values(audiences),
    jwksUrl: `${config.AUTH_HTTP_URL}/.well-known/jwks.json`,
    feed,
    clock,
    logger,
  });
}

/** Remembers when something last came, a heartbeat at least. Before the first it counts from now. */
function listenedTo(channel: RevocationChannel, clock: Clock) {
  let heardAt = clock.now().getTime();
  const listened: RevocationChannel = {
    publish: (message) => channel.publish(message),
    subscribe: (onMessage, onLost) =>
      channel.subscribe((message) => {
        heardAt = clock.now().getTime();
        onMessage(message);
      }, onLost),
  };
  return { channel: listened, silenceSeconds: () => (clock.now().getTime() - heardAt) / 1000 };
}
