import { UserService } from '@bank/proto/user';
import { createRpcClient, type TlsFiles } from '@bank/service-kit';
import { type Bench, type Case, freePort, startLimit } from '#bench.ts';
import { countFor } from '#closed-loop.ts';
import { compareApp } from '#compare.ts';

const inFlight = 32;

/** `GetUser` as an app calls it, from one client process, beside Connect answering a constant over the same transport. */
export const getUser: Case = {
  name: 'get-user',
  async run(bench) {
    const { auth } = bench.stack.apps;
    const { TLS_CA_FILE, TLS_CERT_FILE, TLS_KEY_FILE } = bench.stack.environments.auth;
    const rpcPort = await freePort();
    const limit = await startLimit(bench, 'rpc', {
      TLS_CA_FILE,
      TLS_CERT_FILE,
      TLS_KEY_FILE,
      RPC_PORT: String(rpcPort),
    });
    const callerOf = (baseUrl: string) => callsFrom(bench, baseUrl);
    try {
      const {
        measured,
        limit: best,
        ratio,
      } = await compareApp(
        bench,
        { app: auth, name: 'get-user' },
        { measured: callerOf(bench.stack.addresses.apps.auth.rpc), limit: callerOf(`https://127.0.0.1:${rpcPort}`) },
      );
      return [
        {
          case: 'get-user',
          what: `RPC GetUser, ${inFlight} in flight`,
          measured: { value: measured, unit: 'calls/s' },
          limit: { value: best, unit: 'calls/s', what: 'Connect, a constant' },
          figure: ratio,
          must: { atLeast: 0.5 },
          notes: [],
        },
      ];
    } finally {
      await limit.stop();
    }
  },
};

/** Calls as the device app, which may ask for users; the certificate of the other side is looked at as there. */
function callsFrom({ stack, people }: Bench, baseUrl: string): (seconds: number) => Promise<number> {
  const env = stack.environments.device;
  const tls: TlsFiles = {
    caFile: env['TLS_CA_FILE'] ?? '',
    certFile: env['TLS_CERT_FILE'] ?? '',
    keyFile: env['TLS_KEY_FILE'] ?? '',
  };
  const client = createRpcClient(UserService, { baseUrl, tls, serverUri: 'spiffe://bank/app/auth' });
  let turn = 0;
  const call = () => client.getUser({ userId: people[turn++ % people.length]?.userId ?? '' });
  return async (seconds) => (await countFor(seconds, inFlight, call)).perSecond;
}
