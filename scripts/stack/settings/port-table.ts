import { appNames } from '#stack/settings/apps.ts';

/** Every port of a stack that a person may care about: its variable, and what is taken when the variable is not set. */
export const defaultPorts: Readonly<Record<string, number>> = {
  GATEWAY_PORT: 8080,
  GATEWAY_STAFF_PORT: 8090,
  SANDBOX_HTTP_PORT: 8025,
  SANDBOX_SMTP_PORT: 2525,
  SANDBOX_AUDIT_PORT: 4291,
  SANDBOX_NOTIFICATION_PORT: 4292,
  SANDBOX_KYC_PORT: 4293,
  // The usual ports belong to servers of the machine itself.
  POSTGRES_PORT: 15432,
  PGBOUNCER_PORT: 16432,
  REDIS_PORT: 16379,
  RABBITMQ_PORT: 15671,
  RABBITMQ_MANAGEMENT_PORT: 15672,
  ...Object.fromEntries(
    appNames.flatMap((app, index) => [
      [httpPortVariable(app), 4101 + index],
      [rpcPortVariable(app), 4201 + index],
    ]),
  ),
};

/** The variable that moves an app's HTTP port. */
export function httpPortVariable(app: string): string {
  return `${app.toUpperCase()}_HTTP_PORT`;
}

/** The variable that moves an app's RPC port. */
export function rpcPortVariable(app: string): string {
  return `${app.toUpperCase()}_RPC_PORT`;
}
