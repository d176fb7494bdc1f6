import type { ServerFiles } from '#stack/stores/server-files.ts';

/** The user by which the launcher makes virtual hosts, queues and users. */
export const brokerAdministrator = 'stack';

export interface BrokerConfigOptions {
  /** Where both ports listen. */
  readonly address: string;
  readonly amqp: number;
  readonly management: number;
  readonly password: string;
  /** With a certificate it listens with TLS alone; without one it does not, for tests. */
  readonly files: ServerFiles | undefined;
}

/** The text of `rabbitmq.conf`. */
export function brokerConfig({ address, amqp, management, password, files }: BrokerConfigOptions): string {
  const listener = `${address}:${amqp}`;
  const settings = {
    ...(files === undefined ? { 'listeners.tcp.default': listener } : tlsSettings(listener, files)),
    'management.tcp.ip': address,
    'management.tcp.port': management,
    default_user: brokerAdministrator,
    default_pass: password,
    'disk_free_limit.absolute': '200MB',
    'log.console.level': 'info',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `${lines.join('\n')}\n`;
}

function tlsSettings(listener: string, { ca, cert, key }: ServerFiles) {
  return {
    'listeners.tcp': 'none',
    'listeners.ssl.default': listener,
    'ssl_options.cacertfile': ca,
    'ssl_options.certfile': cert,
    'ssl_options.keyfile': key,
    'ssl_options.verify': 'verify_none', // apps sign in by password; their certificates are for RPC
    'ssl_options.fail_if_no_peer_cert': 'false',
  };
}
