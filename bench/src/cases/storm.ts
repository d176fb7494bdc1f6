import { median, type Person, registerPeople } from '@bank/test-bed';
import type { Bench, Case } from '#bench.ts';
import { p99AtPace } from '#paced.ts';
import { signInRate } from '#sign-ins.ts';
import { ratioOfRounds } from '#statistics.ts';

const perSecond = 100;
const stormConnections = 64;

/** How long cheap calls take at 100 a second, while far more people want to sign in than can be hashed for. */
export const storm: Case = {
  name: 'storm',
  async run(bench) {
    const { seconds, rounds } = bench.options;
    const slice = Math.max(2, seconds / rounds);
    const calm: number[] = [];
    const stormy: number[] = [];
    // Not those who sign in: each of their sign-ins may end a session of before.
    const bystanders = await registerPeople(bench.stack.addresses, 10);
    const calls = () => cheapCalls(bench, bystanders, slice);
    await calls();
    for (let round = 0; round < rounds; round += 1) {
      calm.push(await calls());
      stormy.push(await duringStorm(bench, slice, calls));
    }
    return [
      {
        case: 'storm',
        what: 'p99 of GET /v1/auth/session at 100/s during a storm of sign-ins',
        measured: { value: median(stormy), unit: 'ms' },
        limit: { value: median(calm), unit: 'ms', what: 'without it' },
        figure: ratioOfRounds(stormy, calm),
        must: { atMost: 5 },
        notes: [`${stormConnections} sign-ins at a time`],
      },
    ];
  },
};

async function duringStorm(bench: Bench, seconds: number, calls: () => Promise<number>): Promise<number> {
  const storm = { connections: stormConnections, seconds: Math.ceil(seconds) + 2 };
  const blows = signInRate(bench, storm, { opened: 0, asked: 0 });
  const [p99] = await Promise.all([calls(), blows]);
  return p99;
}

function cheapCalls({ stack, mint }: Bench, people: readonly Person[], seconds: number): Promise<number> {
  const tokens = mint.mint(people, 1000);
  let turn = 0;
  const headers = () => ({ authorization: `Bearer ${tokens[turn++ % tokens.length]}` });
  const next = () => ({ method: 'GET', path: '/v1/auth/session', headers: headers() }) as const;
  return p99AtPace({ url: stack.apps.auth.url, perSecond, seconds, next });
}
