import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A server of HTTP, whatever carries it; the types of one of HTTP/2 do not know that it can do this. */
interface Drainable extends NetServer {
  closeIdleConnections?(): void;
}

/** How long a connection that looks idle may have a request on its way. */
const settleMs = 100;

/** What a turn of the event loop takes in which nothing is done, and how many such a turn is waited for. */
const quietMs = 1;
const turnsMax = 200;

/** Refuses new connections and lets requests in flight finish for so long, then cuts what is left. */
export async function drain(server: Drainable, inFlightMs: number, cutAll: () => void): Promise<void> {
  await takeWaiting();
  // Not `server.close()`, which closes at once what looks idle: over a connection just made a request may be coming that nobody sends again.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const settled = setTimeout(() => server.closeIdleConnections?.(), settleMs);
  const cut = setTimeout(cutAll, inFlightMs);
  await closed;
  clearTimeout(settled);
  clearTimeout(cut);
  server.close(); // ends its checks of connections as well
}

/**
 * Takes the connections that the kernel has made and nobody has taken yet: it resets those with the port, and a request may be on its way
 * over each. Every turn of the loop takes all there are, so that after one in which nothing else was done there are hardly any.
 */
async function takeWaiting(): Promise<void> {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const startedAt = performance.now();
    await nextTurn();
    if (turn > 0 && performance.now() - startedAt < quietMs) return;
  }
}
