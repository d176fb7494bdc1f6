import { fromAnotherAddress } from '@bank/test-bed';
import type { Bench, Case } from '#bench.ts';
import { type LoadRequest, load } from '#load.ts';
import { p99AtPace } from '#paced.ts';
import { compareSizes, type SizedWork } from '#scale/compare-sizes.ts';
import { usersData } from '#scale/users.ts';
import { signInsOf } from '#sign-ins.ts';

const perSecond = 50;
const signInsAtATime = 4;

/** Finding users among a million, beside finding them among ten thousand. */
export const lookup: Case = {
  name: 'lookup',
  run: (bench) =>
    compareSizes(bench, { name: 'lookup', small: usersData(10_000), large: usersData(1_000_000) }, [
      searchBy('address', ['auth.identifiers', 'auth.users'], ({ people }, turn) => {
        return { email: people[turn % people.length]?.email };
      }),
      searchBy('status', ['admin.users', 'auth.users'], () => ({ status: 'locked', limit: 20 })),
      signIn,
    ]),
};

/** The search of staff, each time by another of them: their number of searches is limited. */
function searchBy(
  what: string,
  tables: readonly string[],
  criterion: (bench: Bench, turn: number) => object,
): SizedWork {
  const search = async (bench: Bench, seconds: number) => {
    const tokens = bench.mint.mintStaff(Math.ceil(perSecond * seconds));
    let turn = 0;
    const next = (): LoadRequest => {
      const authorization = `Bearer ${tokens[turn++ % tokens.length]}`;
      const asStaff = { authorization, 'x-bank-listener': 'staff' };
      const headers = { 'content-type': 'application/json', ...asStaff, ...fromAnotherAddress() };
      return { method: 'POST', path: '/v1/admin/users/search', headers, body: JSON.stringify(criterion(bench, turn)) };
    };
    return p99AtPace({ url: bench.stack.apps.admin.url, perSecond, seconds, next });
  };
  return {
    what: `staff search by ${what}`,
    tables,
    repeat: (bench, times) => search(bench, times / perSecond),
    p99: search,
  };
}

/** Hashing takes most of its time, so only what it reads says something. */
const signIn: SizedWork = {
  what: 'sign-in',
  tables: ['auth.identifiers', 'auth.users', 'auth.credentials'],
  repeat: (bench, times) =>
    load({
      url: bench.stack.apps.auth.url,
      connections: signInsAtATime,
      amount: times,
      next: signInsOf(bench, { opened: 0, asked: 0 }),
    }),
};
