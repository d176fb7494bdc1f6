import { fromAnotherAddress } from '@bank/test-bed';
import type { Bench, Case } from '#bench.ts';
import type { LoadRequest } from '#load.ts';
import { p99AtPace } from '#paced.ts';
import { compareSizes, type SizedWork } from '#scale/compare-sizes.ts';
import { nameSearches, namesData, openIndexKeys } from '#scale/names.ts';

const perSecond = 50;

/** Finding people by name among a million, beside finding them among ten thousand. */
export const names: Case = {
  name: 'names',
  async run(bench) {
    const keyring = openIndexKeys(bench.stack);
    const sizes = { name: 'names', small: namesData(10_000, keyring), large: namesData(1_000_000, keyring) };
    keyring.close();
    const works = Object.entries(nameSearches).map(([what, { asked }]) => searchBy(what, asked));
    return await compareSizes(bench, sizes, works);
  },
};

/** Each time by another member of staff: their number of searches is limited. */
function searchBy(what: string, asked: object): SizedWork {
  const body = JSON.stringify({ ...asked, limit: 20 });
  const search = async (bench: Bench, seconds: number) => {
    const tokens = bench.mint.mintStaff(Math.ceil(perSecond * seconds));
    let turn = 0;
    const next = (): LoadRequest => {
      const authorization = `Bearer ${tokens[turn++ % tokens.length]}`;
      const asStaff = { authorization, 'x-bank-listener': 'staff' };
      const headers = { 'content-type': 'application/json', ...asStaff, ...fromAnotherAddress() };
      return { method: 'POST', path: '/v1/admin/users/search', headers, body };
    };
    return p99AtPace({ url: bench.stack.apps.admin.url, perSecond, seconds, next });
  };
  return {
    what: `staff search by ${what}`,
    tables: ['profile.search_tokens', 'profile.profiles'],
    repeat: (bench, times) => search(bench, times / perSecond),
    p99: search,
  };
}
