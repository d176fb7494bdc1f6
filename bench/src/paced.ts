import { Agent, request } from 'node:http';
import { percentile } from '@bank/test-bed';
import type { LoadRequest } from '#load.ts';

export interface Paced {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly next: () => LoadRequest;
}

/**
 * Sends requests at fixed moments, whether or not the ones before were answered, and gives how long they took from the
 * moment they were due: who waits in a queue waits for us as well. @throws Error when one is not answered with 200
 */
export async function p99AtPace({ url, perSecond, seconds, next }: Paced): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const startedAt = performance.now();
  const answers: Promise<number>[] = [];
  try {
    for (let sent = 0; sent < perSecond * seconds; sent += 1) {
      const due = startedAt + (sent * 1000) / perSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      const answer = ask(url, agent, next()).then((answeredAt) => answeredAt - due);
      answer.catch(() => undefined); // told of below, when all are sent
      answers.push(answer);
    }
    return percentile(await Promise.all(answers), 99);
  } finally {
    agent.destroy();
  }
}

/** Gives when the answer was there. */
function ask(url: string, agent: Agent, { method, path, headers, body, onAnswer }: LoadRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { agent, method, headers: { ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.once('end', () => {
        const answeredAt = performance.now();
        onAnswer?.(response.statusCode ?? 0, Buffer.concat(parts).toString());
        if (response.statusCode === 200) resolve(answeredAt);
        else reject(new Error(`${url}${path} answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
