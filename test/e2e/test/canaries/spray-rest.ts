import { uuidv7 } from '@bank/domain';
import { canary } from '@bank/scripts/canaries';
import { appNames, type Stack } from '@bank/scripts/stack';
import type { Canaries } from './fields.ts';
import { type Document, type Planted, plantedRequests } from './rest-forms.ts';

/** Where requests go, and under whose token; one that is no token is a canary itself. */
export interface Asker {
  readonly baseUrl: string;
  readonly token: string | undefined;
}

const atOnce = 6;

/** Sends every request of every route, whole and broken in several ways, for each asker. Gives how each was answered. */
export async function sprayRoutes(stack: Stack, askers: readonly Asker[], canaries: Canaries): Promise<number[]> {
  const documents = await Promise.all(
    appNames.map(async (app) => (await fetch(`${stack.addresses.apps[app].http}/openapi.json`)).json()),
  );
  const requests = (documents as Document[]).flatMap((document) => plantedRequests(document, canaries));
  const sendings = askers.flatMap((asker) => requests.flatMap((request) => sendingsOf(request, asker)));
  const statuses: number[] = [];
  const next = sendings.values();
  const work = async () => {
    for (const send of next) statuses.push(await send());
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return statuses;
}

function sendingsOf(request: Planted, asker: Asker): (() => Promise<number>)[] {
  const { body, contentType, path } = request;
  const whole = () => send(request, asker, encoded(contentType, body));
  // A path and a query that somebody made up, with an address in them.
  const stray = `${path.split('?', 1)[0]}/${canary('path')}@example.com?${canary('query')}=${canary('query')}@example.com`;
  const strayed = () => send({ ...request, path: stray }, asker, encoded(contentType, body));
  if (body === undefined) return [whole, strayed];
  const text = encoded(contentType, body);
  const unknown = JSON.stringify({ ...(body as object), [canary('fieldname')]: canary('extra') });
  return [
    whole,
    strayed,
    () => send(request, asker, text.slice(0, -2)),
    () => send(request, asker, unknown),
    () => send({ ...request, contentType: 'text/plain' }, asker, text),
    () => send(request, asker, `{"${canary('duplicate')}":1,"${canary('duplicate')}":"${canary('duplicate')}"`),
  ];
}

function encoded(contentType: string, body: unknown): string {
  if (contentType !== 'application/x-www-form-urlencoded') return JSON.stringify(body);
  return new URLSearchParams(body as Record<string, string>).toString();
}

async function send(request: Planted, { baseUrl, token }: Asker, body: string | undefined): Promise<number> {
  const { method, path, headers, contentType } = request;
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: {
      'content-type': contentType,
      'user-agent': `Mozilla/5.0 (${canary('useragent')})`,
      referer: `https://example.com/${canary('referer')}?${canary('referer')}`,
      cookie: `__Secure-refresh=${canary('cookie')}; __Secure-device=${canary('cookie')}`,
      forwarded: `for=${canary('forwarded')}`,
      'x-user-id': canary('identityheader'),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(method !== 'GET' && body !== undefined && { body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** A token of the right shape that nobody signed. */
export function strangeToken(): string {
  return `${canary('token')}.${uuidv7().replaceAll('-', '')}.${canary('token')}`;
}
