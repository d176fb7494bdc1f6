import { Agent, request } from 'node:https';

/** A certificate with its key, and the authority that is believed. */
export interface Identity {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** What a call came to: a Connect code, `ok`, or `no connection` where TLS let nobody through. */
export type Outcome = string;

/** Calls with one certificate, each connection used for many calls. */
export class RpcCaller {
  readonly #agent: Agent;

  constructor(identity: Identity) {
    this.#agent = new Agent({ ...identity, keepAlive: true, maxSockets: 4, minVersion: 'TLSv1.3' });
  }

  /** Calls a method with an empty message, unary or streaming as Connect writes them. */
  async call(
    baseUrl: string,
    method: string,
    options: { token?: string | undefined; streams: boolean },
  ): Promise<Outcome> {
    const { token, streams } = options;
    const url = new URL(method, `${baseUrl}/`);
    const headers = {
      'content-type': streams ? 'application/connect+json' : 'application/json',
      'connect-protocol-version': '1',
      ...(token !== undefined && { 'bank-user-token': token }),
    };
    const body = streams ? Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from('{}')]) : '{}';
    return await new Promise((resolve, reject) => {
      const sent = request(url, { agent: this.#agent, method: 'POST', headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve(outcomeOf(response.statusCode ?? 0, Buffer.concat(chunks).toString('latin1'))),
        );
        response.on('error', reject);
      });
      sent.on('error', () => resolve('no connection'));
      sent.setTimeout(10_000, () => sent.destroy(new Error(`${method} did not answer`)));
      sent.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** The code is the first one in the answer: of a unary error, or of the error that ends a stream. */
function outcomeOf(status: number, text: string): Outcome {
  const code = /"code":"([a-z_]+)"/.exec(text)?.[1];
  return code ?? (status === 200 ? 'ok' : `status ${status}`);
}
