import { readFileSync } from 'node:fs';
import type { Secret } from '@bank/domain';
import type { SocketOptions } from 'amqplib';

export interface BrokerAddress {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  url: Secret;
  /** PEM of the authority that signed the broker's certificate; the system's authorities when left out. */
  caFile?: string;
}

export interface ConnectArguments {
  readonly url: string;
  readonly socketOptions: SocketOptions;
}

const heartbeatSeconds = 10;
const connectTimeoutMs = 5000;

/**
 * What amqplib (and rascal above it) connects with. The name is shown by RabbitMQ's management page. Over `amqps` the
 * certificate is always verified against the host name (SR-68). @throws Error for another protocol, or a CA without TLS
 */
export function connectArguments(address: BrokerAddress, connectionName: string): ConnectArguments {
  const url = new URL(address.url.reveal());
  const secure = url.protocol === 'amqps:';
  if (!secure && url.protocol !== 'amqp:')
    throw new Error('the address of RabbitMQ must begin with amqp:// or amqps://');
  if (!secure && address.caFile !== undefined)
    throw new Error('a CA file is given, but the address of RabbitMQ is not amqps://');
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(heartbeatSeconds));
  return {
    url: url.href,
    socketOptions: {
      timeout: connectTimeoutMs,
      noDelay: true,
      keepAlive: true,
      clientProperties: { connection_name: connectionName },
      ...(secure ? { minVersion: 'TLSv1.2' } : {}),
      ...(address.caFile === undefined ? {} : { ca: readFileSync(address.caFile, 'utf8') }),
    },
  };
}
