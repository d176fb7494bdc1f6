import type { AppContext } from '#context.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * The address of one of our pages with a secret for it. The secret rides in the fragment, which no browser sends to a server
 * or in a Referer (SR-83); customers and staff have pages of their own, named by configuration (SR-37).
 */
export function pageLink(
  { config }: Pick<AppContext, 'config'>,
  { roles }: Pick<User, 'roles'>,
  { path, token }: { path: string; token: string },
): string {
  const url = new URL(path, roles.includes('customer') ? config.PUBLIC_BASE_URL : config.STAFF_BASE_URL);
  url.hash = new URLSearchParams({ token }).toString();
  return url.href;
}
