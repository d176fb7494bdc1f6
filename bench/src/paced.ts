import { Agent, request } from 'node:http';
import { percentile } from '@bank/test-bed';

export interface Paced {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly headers: () => Readonly<Record<string, string>>;
  /** Given, it is posted as JSON. */
  readonly body?: () => object;
}

/**
 * Sends requests at fixed moments, whether or not the ones before were answered, and gives how long they took from the
 * moment they were due: who waits in a queue waits for us as well. @throws Error when one is not answered with 200
 */
export async function p99AtPace({ url, perSecond, seconds, headers, body }: Paced): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const startedAt = performance.now();
  const answers: Promise<number>[] = [];
  try {
    for (let sent = 0; sent < perSecond * seconds; sent += 1) {
      const due = startedAt + (sent * 1000) / perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      answers.push(ask(url, agent, headers(), body?.()).then(() => performance.now() - due));
    }
    return percentile(await Promise.all(answers), 99);
  } finally {
    agent.destroy();
  }
}

function ask(
  url: string,
  agent: Agent,
  headers: Readonly<Record<string, string>>,
  body: object | undefined,
): Promise<void> {
  const options =
    body === undefined
      ? { agent, headers }
      : { agent, method: 'POST', headers: { ...headers, 'content-type': 'application/json' } };
  return new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
