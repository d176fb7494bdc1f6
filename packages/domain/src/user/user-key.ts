/**
 * The key, in Redis, of something that belongs to one user. The braces are a hash tag: in Redis Cluster all keys of a user lie in
 * one slot, so that one script may touch several of them.
 */
export function userKey(userId: string, ...parts: readonly string[]): string {
  return [`{${userId}}`, ...parts].join(':');
}
