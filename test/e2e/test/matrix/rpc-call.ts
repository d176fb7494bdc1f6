import { Agent, request } from 'node:https';

/** A certificate with its key, and the authority that is believed. */
export interface Identity {
  readonly ca: string;
  readonly cert?: string;
  readonly key?: string;
}

/** What a call came to: a code of ours or of Connect, `ok`, or `no connection` where TLS let nobody through. */
export type Outcome = string;

/** Calls with one certificate, each connection used for many calls. */
export class RpcCaller {
  readonly #agent: Agent;

  constructor(identity: Identity) {
    this.#agent = new Agent({ ...identity, keepAlive: true, maxSockets: 4, minVersion: 'TLSv1.3' });
  }

  /** Calls a method, unary or streaming as Connect writes them. */
  async call(
    baseUrl: string,
    method: string,
    options: { token?: string | undefined; message: object; streams: boolean },
  ): Promise<Outcome> {
    const { token, message, streams } = options;
    const url = new URL(method, `${baseUrl}/`);
    const headers = {
      'content-type': streams ? 'application/connect+json' : 'application/json',
      'connect-protocol-version': '1',
      ...(token !== undefined && { 'bank-user-token': token }),
    };
    const text = Buffer.from(JSON.stringify(message));
    const body = streams ? Buffer.concat([envelopeOf(text), text]) : text;
    return await new Promise((resolve, reject) => {
      const sent = request(url, { agent: this.#agent, method: 'POST', headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          // A stream that has told something has let the caller in, and may have no end.
          if (!streams || chunks[0]?.[0] !== messageFlags) return;
          resolve('ok');
          sent.destroy();
        });
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

/** What a message of a stream begins with, other than its end. */
const messageFlags = 0;

/** Five bytes before a message of a stream: no flags, and its length. */
function envelopeOf({ byteLength }: Buffer): Buffer {
  const envelope = Buffer.alloc(5);
  envelope.writeUInt32BE(byteLength, 1);
  return envelope;
}

/** Of an error, unary or at the end of a stream, the code of ours that its details hold; else the code of Connect. */
function outcomeOf(status: number, text: string): Outcome {
  const details = /"type":"bank\.errors\.v1\.ErrorInfo".*?"value":"([\w+/=]+)"/.exec(text)?.[1];
  const ours = details && /[a-z_]+(?:\.[a-z_]+)+/.exec(Buffer.from(details, 'base64').toString('latin1'))?.[0];
  const code = ours ?? /"code":"([a-z_]+)"/.exec(text)?.[1];
  return code ?? (status === 200 ? 'ok' : `status ${status}`);
}
