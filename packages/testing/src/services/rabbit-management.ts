import { serviceAddress } from '#services/addresses.ts';

/** One call to RabbitMQ's management API. @throws Error with method, path and status when it is refused. */
export async function callManagement(method: string, path: string, body?: unknown): Promise<unknown> {
  const { origin, username, password } = new URL(serviceAddress('TEST_RABBITMQ_MANAGEMENT_URL'));
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const response = await fetch(`${origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  if (!response.ok && !(method === 'DELETE' && response.status === 404)) {
    throw new Error(`RabbitMQ management: ${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
  }
  return text === '' || !response.ok ? undefined : JSON.parse(text);
}

/** Deletes a virtual host with its queues and connections. */
export async function deleteVhost(name: string): Promise<void> {
  await callManagement('DELETE', `vhosts/${encodeURIComponent(name)}`);
}

/** Deletes those of the virtual hosts that are there still. */
export async function deleteVhosts(names: readonly string[]): Promise<void> {
  const there = (await callManagement('GET', 'vhosts?columns=name')) as { name: string }[];
  const wanted = new Set(names);
  await Promise.all(there.filter(({ name }) => wanted.has(name)).map(({ name }) => deleteVhost(name)));
}
