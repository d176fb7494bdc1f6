import { audiences, type Clock } from '@bank/domain';
import { acceptRequestId, newTraceparent, requestContext } from '@bank/observability';
import { AuthService } from '@bank/proto/auth';
import { createRevocationChannel } from '@bank/redis';
import { type BaseConfig, createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import {
  createRefill,
  createRevocationFeed,
  createVerifier,
  type JwksSource,
  type RevocationChannel,
  type Verifier,
} from '@bank/verifier';
import { tlsFilesOf } from '#app-tls.ts';
import type { Foundations } from '#foundations.ts';

/** As long as the verifier waits, whose signal ends the call before. */
const keysDeadlineMs = 3000;

type VerifierConfig = BaseConfig & { readonly AUTH_RPC_URL: string };

/**
 * Checks access tokens by the keys of `auth` and by its revocation feed: keys come over RPC (ADR 3), pushes through Redis, and
 * what was missed is asked for over RPC (ADR 4).
 */
export function createTokenVerifier(foundations: Foundations, config: VerifierConfig): Verifier {
  const { clock, logger, metrics, redis } = foundations;
  const auth: RpcClientOptions = {
    baseUrl: config.AUTH_RPC_URL,
    tls: tlsFilesOf(config),
    serverUri: 'spiffe://bank/app/auth',
    breaker: { openMs: 500 }, // the feed paces itself, and nothing is ready before it has heard from auth
    logger,
    metrics,
  };
  const publisher = createRpcClient(AuthService, auth);
  const heard = listenedTo(createRevocationChannel(redis), clock);
  const feed = createRevocationFeed({
    channel: heard.channel,
    refill: createRefill((request, { signal }) =>
      outsideOfRequests(() => publisher.listRevocations(request, { signal })),
    ),
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
    jwks: keysOf(auth),
    feed,
    clock,
    logger,
  });
}

/**
 * The keys that `auth` gives whoever knows it by its certificate: who can answer in its place gives none (SR-68). Asked apart from the
 * revocations, so that no circuit which they have opened keeps a new key from being known; the verifier paces itself.
 */
function keysOf(auth: RpcClientOptions): JwksSource {
  const breaker = { failures: Number.POSITIVE_INFINITY };
  const issuer = createRpcClient(AuthService, { ...auth, deadlineMs: keysDeadlineMs, breaker });
  return {
    async load(signal) {
      const { keys, maxAgeSeconds } = await outsideOfRequests(() => issuer.listPublicKeys({}, { signal }));
      return { document: { keys }, maxAgeSeconds };
    },
  };
}

/** Many wait for one answer, and for what is asked after it: neither is over when there is no more time for the request that began it. */
function outsideOfRequests<T>(work: () => T): T {
  return requestContext.run({ requestId: acceptRequestId(undefined), traceparent: newTraceparent() }, work);
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
