import { isOnThisMachine } from '@bank/domain';

/** Keys, as their owner publishes them. */
export interface JwksAnswer {
  /** The parsed JSON of a JWK Set. */
  readonly document: unknown;
  /** How long its owner lets it be kept, in seconds; undefined when the owner does not say. */
  readonly maxAgeSeconds?: number;
}

/** Where public keys come from: a URL, or for the issuer itself its own key store. */
export interface JwksSource {
  /** Rejects when they cannot be had, or not before `signal` aborts; the keys that are known stay in use then. */
  load(signal: AbortSignal): Promise<JwksAnswer>;
}

const bytesMax = 64 * 1024;

/**
 * Public keys from a fixed URL: `https:`, or `http:` on this machine. No redirects, at most 64 KiB, and `Cache-Control: max-age`
 * is honoured (RFC 9111 §5.2.2.1). `load` rejects on any other status than 200, on a body that is too large or not JSON, and
 * when `signal` says so.
 * @throws RangeError for plain HTTP to another machine: whoever can answer there instead of the issuer would issue tokens
 */
export function createHttpJwksSource(url: string): JwksSource {
  const address = new URL(url);
  if (address.protocol !== 'https:' && !(address.protocol === 'http:' && isOnThisMachine(address))) {
    throw new RangeError('public keys are read by https:, or by http: on this machine');
  }
  return {
    async load(signal) {
      const response = await fetch(address, { signal, redirect: 'error', headers: { accept: 'application/json' } });
      if (response.status !== 200) {
        await response.body?.cancel();
        throw new Error(`JWKS answered ${response.status}`);
      }
      const maxAge = maxAgeOf(response.headers.get('cache-control'));
      const document: unknown = JSON.parse(await readText(response));
      return maxAge === undefined ? { document } : { document, maxAgeSeconds: maxAge };
    },
  };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Error('JWKS is too large');
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function maxAgeOf(cacheControl: string | null): number | undefined {
  if (cacheControl === null) return undefined;
  if (/(?:^|[\s,])no-(?:store|cache)(?:$|[\s,])/i.test(cacheControl)) return 0;
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])/i.exec(cacheControl)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
