import { ProfileService } from '@bank/proto/profile';
import { createRpcClient, type TlsFiles } from '@bank/service-kit';
import { median, type Person, registerPeople } from '@bank/test-bed';
import type { Bench, Case } from '#bench.ts';
import { fillProfile } from '#cases/profile.ts';
import { countFor } from '#closed-loop.ts';
import { profileApp } from '#profiling.ts';

const batch = 100;
const inFlight = 4;

/** Profiles that another service is given a hundred at a time: one query, opened, and each told to the ledger. */
export const batchProfiles: Case = {
  name: 'batch-profiles',
  async run(bench) {
    const { mint, options, stack } = bench;
    const others = await registerPeople(stack.addresses, Math.max(0, batch - bench.people.length));
    const people = [...bench.people, ...others];
    const { url } = stack.apps.profile;
    for (const [index, token] of mint.mint(people, people.length).entries()) {
      await fillProfile(url, token, people[index]);
    }
    const ask = askerOf(bench, people);
    const slice = options.seconds / options.rounds;
    await ask(slice);
    const rates: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) rates.push(await ask(slice));
    if (options.profile) await profileApp(stack, stack.apps.profile, 'batch-profiles', () => ask(slice));
    const value = median(rates);
    return [
      {
        case: 'batch-profiles',
        what: `RPC BatchGetProfiles of ${batch}, ${inFlight} in flight`,
        measured: { value, unit: 'profiles/s' },
        figure: value,
        must: { atLeast: 4000 },
        notes: ['names alone, which is a read of personal data: each is told to the ledger'],
      },
    ];
  },
};

/** Asks as auth, which may see names. */
function askerOf({ stack }: Bench, people: readonly Person[]): (seconds: number) => Promise<number> {
  const env = stack.environments.auth;
  const tls: TlsFiles = {
    caFile: env['TLS_CA_FILE'] ?? '',
    certFile: env['TLS_CERT_FILE'] ?? '',
    keyFile: env['TLS_KEY_FILE'] ?? '',
  };
  const baseUrl = stack.addresses.apps.profile.rpc;
  const client = createRpcClient(ProfileService, { baseUrl, tls, serverUri: 'spiffe://bank/app/profile' });
  const ids = people.map(({ userId }) => userId);
  let turn = 0;
  const call = () => {
    const from = (turn++ * batch) % ids.length;
    const userIds = Array.from({ length: batch }, (_, index) => ids[(from + index) % ids.length] ?? '');
    return client.batchGetProfiles({ userIds });
  };
  return async (seconds) => (await countFor(seconds, inFlight, call)).perSecond * batch;
}
