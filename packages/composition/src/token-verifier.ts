import { audiences, type Clock } from '@bank/domain';
import { AuthService, type ListRevocationsResponse, type Revocation } from '@bank/proto/auth';
import { createRevocationChannel } from '@bank/redis';
import { type BaseConfig, createRpcClient } from '@bank/service-kit';
import {
  createRevocationFeed,
  createVerifier,
  type RevocationChannel,
  type RevocationEntry,
  type RevocationMessage,
  type Verifier,
} from '@bank/verifier';
import { timestampMs } from '@bufbuild/protobuf/wkt';
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
    refill: () => readAll((epoch, sinceNumber) => auth.listRevocations({ epoch, sinceNumber })),
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

/** Every live entry, page after page. The first question names no epoch, so the answer begins at the beginning. */
async function readAll(
  list: (epoch: bigint, sinceNumber: bigint) => Promise<ListRevocationsResponse>,
): Promise<RevocationMessage> {
  let page = await list(0n, 0n);
  const entries = page.entries.map(toEntry);
  while (page.hasMore) {
    page = await list(page.epoch, page.number);
    entries.push(...page.entries.map(toEntry));
  }
  return { epoch: Number(page.epoch), number: Number(page.number), entries };
}

function toEntry({ number, target, notBefore, expiresAt }: Revocation): RevocationEntry {
  const times = {
    number: Number(number),
    notBefore: notBefore === undefined ? 0 : timestampMs(notBefore),
    expiresAt: expiresAt === undefined ? 0 : timestampMs(expiresAt),
  };
  switch (target.case) {
    case 'sessionId':
      return { ...times, sid: target.value };
    case 'userId':
      return { ...times, sub: target.value };
    case 'signingKeyId':
      return { ...times, kid: target.value };
    case undefined:
      throw new Error('a revocation that names nobody');
  }
}
