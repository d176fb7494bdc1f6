import { StackError } from '#stack/host/stack-error.ts';

const CALL_MS = 30_000;

/** A RabbitMQ server and an administrator's credentials to it, in the addresses. */
export interface Broker {
  readonly url: string;
  readonly managementUrl: string;
  readonly caFile?: string;
}

/** One call to the management API. @throws StackError for wrong credentials, Error with the answer for the rest */
export async function callManagement(
  { managementUrl }: Pick<Broker, 'managementUrl'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { origin, username, password } = new URL(managementUrl);
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const response = await fetch(`${origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_MS),
  });
  const text = await response.text();
  if (response.status === 401) {
    throw new StackError(`RabbitMQ refuses user ${username}; a private broker is made anew by "pnpm stack reset"`);
  }
  if (!response.ok) {
    throw new Error(`RabbitMQ: ${method} ${path} answered ${response.status}: ${text.slice(0, 200)}`);
  }
  return text === '' ? undefined : JSON.parse(text);
}
