import { type Bench, type Case, startLimit } from '#bench.ts';
import { compare } from '#compare.ts';
import { load } from '#load.ts';
import { watched } from '#process-use.ts';
import type { Row } from '#row.ts';

const connections = 32;
/** Known tokens; with the new ones among them they stay below the 50,000 that a process remembers. */
const knownTokens = 44_000;
/** More new tokens than can be asked with: what is left over is thrown away. */
const freshPerSecond = 20_000;

/** Access tokens checked and answered from their claims alone, in one process, beside Hono answering a constant. */
export const session: Case = {
  name: 'session',
  async run(bench) {
    const limit = await startLimit(bench, 'constant');
    try {
      const warm = await row(bench, limit.url, { what: '9 of 10 tokens seen before', atLeast: 0.4, freshEvery: 10 });
      const cold = await row(bench, limit.url, { what: 'every token new', atLeast: 0.15, freshEvery: 1 });
      return [warm, cold];
    } finally {
      await limit.stop();
    }
  },
};

interface Mix {
  readonly what: string;
  readonly atLeast: number;
  /** One of so many requests comes with a token that was never seen. */
  readonly freshEvery: number;
}

async function row(bench: Bench, limitUrl: string, { what, atLeast, freshEvery }: Mix): Promise<Row> {
  const { stack, people, mint } = bench;
  const { url } = stack.apps.auth;
  const known = mint.mint(people, freshEvery === 1 ? 1000 : knownTokens);
  const inTurn = tokens(known, [], Number.POSITIVE_INFINITY);
  await load({ url, connections, amount: known.length, next: () => ask(inTurn()) });
  const cores: number[] = [];

  async function measured(seconds: number): Promise<number> {
    const fresh = mint.mint(people, Math.ceil((freshPerSecond * seconds) / freshEvery));
    const next = tokens(known, fresh, freshEvery);
    const { result, cores: used } = await watched(stack.apps.auth.pid(), () =>
      load({ url, connections, seconds, next: () => ask(next()) }),
    );
    cores.push(used);
    return result.perSecond;
  }
  const limit = async (seconds: number) =>
    (await load({ url: limitUrl, connections, seconds, next: () => ({ ...ask(inTurn()), path: '/' }) })).perSecond;

  const compared = await compare(bench, { measured, limit });
  return {
    case: 'session',
    what: `GET /v1/auth/session, ${what}`,
    measured: { value: compared.measured, unit: 'req/s' },
    limit: { value: compared.limit, unit: 'req/s', what: 'Hono, a constant' },
    figure: compared.ratio,
    must: { atLeast },
    notes: [`${what}: the process used ${cores.map((used) => used.toFixed(2)).join(', ')} cores`],
  };
}

function ask(token: string) {
  return { method: 'GET', path: '/v1/auth/session', headers: { authorization: `Bearer ${token}` } } as const;
}

/** Known tokens in turn, and each so often one that was never seen. @throws Error when those run out */
function tokens(known: readonly string[], fresh: readonly string[], freshEvery: number): () => string {
  let asked = 0;
  return () => {
    asked += 1;
    const token = asked % freshEvery === 0 ? fresh[asked / freshEvery - 1] : known[asked % known.length];
    if (token === undefined) throw new Error('there are too few tokens to measure with');
    return token;
  };
}
