import { randomBytes } from 'node:crypto';
import { post, queryOnce } from '@bank/test-bed';
import { type Bench, type Case, startPeer } from '#bench.ts';
import { compare } from '#compare.ts';
import { load } from '#load.ts';
import type { Row } from '#row.ts';
import { askedFor, type SignInCount, signInRate } from '#sign-ins.ts';

/** Few: the peer's own hash shares one thread, and with many at a time none would be done for seconds. */
const connections = 4;
const peerUsers = 16;

/** Sign-in with a password beside better-auth on the same machine, with its own hash and with ours. */
export const peer: Case = {
  name: 'peer',
  async run(bench) {
    return [
      await beside(bench, { hash: 'default', what: 'better-auth, its own hash', atLeast: 5 }),
      await beside(bench, { hash: 'argon2id', what: 'better-auth, our Argon2id', atLeast: 1 }),
    ];
  },
};

interface Peer {
  readonly hash: 'default' | 'argon2id';
  readonly what: string;
  readonly atLeast: number;
}

async function beside(bench: Bench, { hash, what, atLeast }: Peer): Promise<Row> {
  const { adminUrl, caFile } = bench.stack.stores.postgres;
  const admin = { DATABASE_URL: adminUrl, DATABASE_CA_FILE: caFile };
  const database = `bench_peer_${randomBytes(4).toString('hex')}`;
  await queryOnce(admin, `create database ${database}`);
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  const env = { DATABASE_URL: url.href, DATABASE_CA_FILE: caFile, DATABASE_POOL_MAX: '10', HASH: hash };
  const program = await startPeer(bench, env);
  try {
    const theirs = await signInsAt(program.url);
    const count: SignInCount = { opened: 0, asked: 0 };
    const compared = await compare(bench, {
      measured: (seconds) => signInRate(bench, { connections, seconds }, count),
      limit: theirs,
    });
    return {
      case: 'peer',
      what: 'POST /v1/auth/login, saturated',
      measured: { value: compared.measured, unit: 'req/s' },
      limit: { value: compared.limit, unit: 'req/s', what },
      figure: compared.ratio,
      must: { atLeast },
      notes: [`${what}: ${askedFor(count)}`],
    };
  } finally {
    await program.stop();
    await queryOnce(admin, `drop database if exists ${database} with (force)`);
  }
}

/** Signs users of the peer up, and gives what signs them in over and over. */
async function signInsAt(url: string): Promise<(seconds: number) => Promise<number>> {
  const users = Array.from({ length: peerUsers }, () => {
    const unique = randomBytes(6).toString('hex');
    return { email: `peer.${unique}@example.com`, password: `correct horse ${unique}` };
  });
  for (const user of users) await post(url, '/api/auth/sign-up/email', 200, { name: 'Ada', ...user });
  let turn = 0;
  const next = () => ({
    method: 'POST' as const,
    path: '/api/auth/sign-in/email',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(users[turn++ % users.length]),
  });
  return async (seconds) => (await load({ url, connections, seconds, next })).perSecond;
}
