import { serviceAddress } from '@bank/testing';

interface ListedConnection {
  name: string;
  vhost: string;
}

/** One call to RabbitMQ's management API on the test broker. */
export async function callManagement(method: string, path: string, body?: object): Promise<unknown> {
  const { origin, username, password } = new URL(serviceAddress('TEST_RABBITMQ_MANAGEMENT_URL'));
  const response = await fetch(`${origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok && response.status !== 404) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Closes every connection to a virtual host, as an operator can. */
export async function killConnections(vhost: string): Promise<void> {
  const connections = (await callManagement('GET', 'connections')) as ListedConnection[];
  const own = connections.filter((connection) => connection.vhost === vhost);
  await Promise.all(own.map(({ name }) => callManagement('DELETE', `connections/${encodeURIComponent(name)}`)));
}
