import type { AppName } from '#stack/settings/apps.ts';

/** A pattern of nginx, which is one of JavaScript as well; the app; what else its location says. */
export type RouteRow = readonly [pattern: string, app: AppName, settings?: string];

/** What the public listener passes on: the first segments of a path, and the app they belong to. A new first segment is a new row. */
export const publicRoutes: readonly RouteRow[] = [
  ['^/v1/auth(/|$)', 'auth'],
  ['^/v1/webhooks/kyc$', 'profile'],
  // Carriers tell of many messages at once.
  ['^/v1/webhooks(/|$)', 'auth', 'client_max_body_size 1m;'],
  ['^/\\.well-known(/|$)', 'auth'],
  ['^/v1/(profile|settings|kyc|data)(/|$)', 'profile'],
  // Files, where they lie with the app.
  ['^/v1/files/objects/', 'profile', 'include uploads.conf;'],
  ['^/v1/files(/|$)', 'profile'],
  ['^/v1/mfa(/|$)', 'mfa'],
  ['^/v1/devices(/|$)', 'device'],
];

/** The same of the listener of staff. */
export const staffRoutes: readonly RouteRow[] = [
  ['^/v1/admin(/|$)', 'admin'],
  ['^/v1/auth(/|$)', 'auth'],
  ['^/v1/mfa(/|$)', 'mfa'],
];

/** Where the gateway lets a path through: at `public`, at `staff`, at `both`, or at `none` of its listeners. */
export function doorOf(path: string): 'public' | 'staff' | 'both' | 'none' {
  const passes = (rows: readonly RouteRow[]): boolean => rows.some(([pattern]) => new RegExp(pattern).test(path));
  if (passes(publicRoutes)) return passes(staffRoutes) ? 'both' : 'public';
  return passes(staffRoutes) ? 'staff' : 'none';
}
