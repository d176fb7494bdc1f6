export {
  createRevocationFeed,
  type FeedLogger,
  type RevocationFeed,
  type RevocationFeedOptions,
} from '#revocation/feed.ts';
export {
  parseRevocationMessage,
  type RevocationChannel,
  type RevocationEntry,
  type RevocationMessage,
} from '#revocation/message.ts';
export type { AccessClaims } from '#token/access-claims.ts';
