import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { StackError } from '#stack/host/stack-error.ts';

// Below 32768, where Linux begins to hand out ports to outgoing connections.
const RANDOM_PORTS = { min: 20_000, max: 32_000 };
const BLOCK = 50;
const SEARCH_STEPS = [0, 10_000, 20_000];
const HIGHEST_PREFERRED = 65_535;
const BLOCK_TRIES = 200;

export interface PortWish {
  readonly preferred: number;
  /** The variable by which somebody asked for exactly this port; without it another free one will do. */
  readonly pinnedBy?: string;
}

export interface Ports {
  /** A free loopback port, given out once. @throws StackError naming the variable when a pinned port is taken. */
  claim(wish: PortWish): Promise<number>;
}

/** Hands out free ports: the preferred ones, or random ones for stacks that run beside others. */
export function createPorts(options: { random?: boolean; isFree?: (port: number) => Promise<boolean> } = {}): Ports {
  const { random = false, isFree = isPortFree } = options;
  const claimed = new Set<number>();
  const block: number[] = [];
  let more: Promise<void> | undefined;

  async function take(port: number): Promise<boolean> {
    if (port > HIGHEST_PREFERRED || claimed.has(port)) {
      return false;
    }
    claimed.add(port); // before the check, so that two claims in parallel never get the same port
    if (await isFree(port)) {
      return true;
    }
    claimed.delete(port);
    return false;
  }

  async function takeAny(): Promise<number> {
    for (;;) {
      for (let port = block.pop(); port !== undefined; port = block.pop()) {
        if (await take(port)) {
          return port;
        }
      }
      more ??= takeBlock()
        .then((ports) => void block.push(...ports))
        .finally(() => {
          more = undefined;
        });
      await more; // one for all who ask at the same time
    }
  }

  return {
    async claim({ preferred, pinnedBy }) {
      if (pinnedBy !== undefined) {
        if (await take(preferred)) {
          return preferred;
        }
        throw new StackError(`${pinnedBy}: port ${preferred} is taken; free it or give another port`);
      }
      for (const step of random ? [] : SEARCH_STEPS) {
        if (await take(preferred + step)) {
          return preferred + step;
        }
      }
      return takeAny();
    },
  };
}

/**
 * Ports that no other launcher hands out, though it may be long until somebody listens there: a block of them belongs to whoever
 * listens at its first, for as long as its process lives. @throws StackError when every block belongs to somebody
 */
async function takeBlock(): Promise<number[]> {
  for (let tries = 0; tries < BLOCK_TRIES; tries += 1) {
    const first = randomInt(RANDOM_PORTS.min / BLOCK, RANDOM_PORTS.max / BLOCK) * BLOCK;
    if (await keep(first)) {
      return Array.from({ length: BLOCK - 1 }, (_, index) => first + 1 + index);
    }
  }
  throw new StackError(`no free port found between ${RANDOM_PORTS.min} and ${RANDOM_PORTS.max}`);
}

function keep(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const guard = createServer((socket) => socket.destroy()).unref();
    guard.once('error', () => resolve(false));
    guard.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(true));
  });
}

/** Whether nothing listens on the port of either loopback address, and we may listen there. */
export async function isPortFree(port: number): Promise<boolean> {
  return !(await answers('127.0.0.1', port)) && !(await answers('::1', port)) && (await canListen(port));
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.setTimeout(1000, () => settle(true)); // something swallows packets there: not ours to use
  });
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
