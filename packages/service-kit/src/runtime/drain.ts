import { Server as NetServer } from 'node:net';

/** A server of HTTP, whatever carries it; the types of one of HTTP/2 do not know that it can do this. */
interface Drainable extends NetServer {
  closeIdleConnections?(): void;
}

/** How long a connection that looks idle may have a request on its way. */
const settleMs = 100;

/** Refuses new connections and lets requests in flight finish for so long, then cuts what is left. */
export async function drain(server: Drainable, inFlightMs: number, cutAll: () => void): Promise<void> {
  // Not `server.close()`, which closes at once what looks idle: over a connection just made a request may be coming that nobody sends again.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const settled = setTimeout(() => server.closeIdleConnections?.(), settleMs);
  const cut = setTimeout(cutAll, inFlightMs);
  await closed;
  clearTimeout(settled);
  clearTimeout(cut);
  server.close(); // ends its checks of connections as well
}
