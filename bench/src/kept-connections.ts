import { Agent, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { fromAnotherAddress } from '@bank/test-bed';

/** Posts to one address over connections that are kept. */
export interface KeptConnections {
  /** Gives the body of the answer. @throws Error for another status than the wanted one */
  post<T>(path: string, wantedStatus: number, body: object): Promise<T>;
  close(): void;
}

/**
 * Connections for a load whose requests depend on the answers before. By node:http: what the load takes of the processors is not there
 * for what is measured, and `fetch` takes several times as much for a request.
 */
export function keptConnections(base: string): KeptConnections {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port, origin } = new URL(base);
  return {
    post<T>(path: string, wantedStatus: number, body: object): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const text = JSON.stringify(body);
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
        origin,
        ...fromAnotherAddress(),
      };
      request(
        { agent, hostname, port, path, method: 'POST', headers, signal: AbortSignal.timeout(30_000) },
        (answer) => {
          const { statusCode = 0 } = answer;
          const read = json(answer).then((given) => {
            if (statusCode === wantedStatus) return given as T;
            throw new Error(`POST ${path} answered ${statusCode}: ${JSON.stringify(given).slice(0, 300)}`);
          });
          read.then(resolve, reject);
        },
      )
        .on('error', reject)
        .end(text);
      return promise;
    },
    close: () => agent.destroy(),
  };
}
