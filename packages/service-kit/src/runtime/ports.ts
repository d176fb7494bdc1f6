import type { Server } from 'node:net';

/** A port that cannot be opened, said in one line that names the variable to change. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/**
 * Opens a port and returns its number, also when a free one was asked for.
 * @throws PortError
 */
export function listen(server: Server, host: string, port: number, variable: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(new PortError(reasonOf(error, host, port, variable)));
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function reasonOf({ code }: NodeJS.ErrnoException, host: string, port: number, variable: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken: free it or set ${variable}`;
    case 'EACCES':
      return `port ${port} on ${host} needs privileges: set ${variable} to one above 1023`;
    default:
      return `port ${port} on ${host} cannot be opened (${code ?? 'unknown'}): check ${variable}`;
  }
}
