/** The five apps in the order of their ports, and the environment variables that move the ports. */
export const apps = [
  { name: 'auth', schema: 'auth', httpPort: 4101, rpcPort: 4201 },
  { name: 'profile', schema: 'profile', httpPort: 4102, rpcPort: 4202 },
  { name: 'mfa', schema: 'mfa', httpPort: 4103, rpcPort: 4203 },
  { name: 'device', schema: 'device', httpPort: 4104, rpcPort: 4204 },
  { name: 'admin', schema: 'admin', httpPort: 4105, rpcPort: 4205 },
] as const;

export type App = (typeof apps)[number];
export type AppName = App['name'];

export const appNames: readonly AppName[] = apps.map((app) => app.name);

/** The URI in an app's certificate, by which others know it. */
export function spiffeId(app: AppName): string {
  return `spiffe://bank/app/${app}`;
}
