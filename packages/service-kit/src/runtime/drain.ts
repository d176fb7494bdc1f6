import { Server as NetServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A server of HTTP, whatever carries it; the types of one of HTTP/2 do not know that it can do this. */
interface Drainable extends NetServer {
  closeIdleConnections?(): void;
}

/** How long a connection that looks idle may have a request on its way. */
const settleMs = 100;

/** What a turn of the event loop takes in which nothing is done, and for how long such a turn is waited for. */
const quietMs = 1;
const takingMs = 200;

/** Refuses new connections and lets requests in flight finish for so long, then cuts what is left. */
export async function drain(server: Drainable, inFlightMs: number, cutAll: () => void): Promise<void> {
  const cut = setTimeout(cutAll, inFlightMs);
  await takeWaiting(server);
  // Not `server.close()`, which closes at once what looks idle: over a connection just made a request may be coming that nobody sends again.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  const settled = setTimeout(() => server.closeIdleConnections?.(), settleMs);
  await closed;
  clearTimeout(settled);
  clearTimeout(cut);
  server.close(); // ends its checks of connections as well
}

/**
 * Takes the connections that the kernel has made and nobody has taken yet: it resets those with the port, and a request may be on its way
 * over each. A turn of the loop takes one of them; after one that took none, and did nothing else either, there are hardly any.
 */
async function takeWaiting(server: NetServer): Promise<void> {
  let taken = 0;
  const note = () => {
    taken += 1;
  };
  server.on('connection', note);
  const until = performance.now() + takingMs;
  await nextTurn(); // the rest of this one, which may have been long
  for (let isQuiet = false; !isQuiet && performance.now() < until; ) {
    const [before, startedAt] = [taken, performance.now()];
    await nextTurn();
    isQuiet = taken === before && performance.now() - startedAt < quietMs;
  }
  server.off('connection', note);
}
