/** The five apps in the order of their ports. Each owns the Postgres schema of its name. */
export const appNames = ['auth', 'profile', 'mfa', 'device', 'admin'] as const;

export type AppName = (typeof appNames)[number];

/** The URI in an app's certificate, by which others know it. */
export function spiffeId(app: AppName): string {
  return `spiffe://bank/app/${app}`;
}

/** One value for each app. */
export function eachApp<T>(make: (app: AppName) => T): Readonly<Record<AppName, T>> {
  return Object.fromEntries(appNames.map((app) => [app, make(app)])) as Record<AppName, T>;
}

/** Whether a name is an app's. */
export function isAppName(name: string): name is AppName {
  return (appNames as readonly string[]).includes(name);
}
