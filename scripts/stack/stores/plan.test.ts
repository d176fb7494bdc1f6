import { describe, expect, it } from 'vitest';
import type { Binaries } from '#stack/host/binaries.ts';
import { type Host, planStores } from '#stack/stores/plan.ts';

const all: Binaries = {
  postgres: { folder: '/pg/bin' },
  redis: { server: '/redis' },
  rabbitmq: { home: '/rabbit', epmd: '/epmd' },
  nginx: { server: '/nginx' },
};
const { rabbitmq: _rabbitmq, nginx: _nginx, ...some } = all;
const given = { postgres: { url: 'postgres://db', variable: 'POSTGRES_URL' } };

/** A machine that has the first binaries, and the second after an installation. */
function machine(before: Binaries, after = before, canInstall = true): Host & { installed: string[] } {
  const installed: string[] = [];
  return {
    installed,
    findBinaries: () => (installed.length === 0 ? before : after),
    canInstall: () => canInstall,
    install: (servers) => void installed.push(...servers),
  };
}

const plan = (host: Host, settings = {}) =>
  planStores({ given: {}, mayInstall: true, ...settings }, () => undefined, host);

describe('planStores', () => {
  it('takes a given address as it is, and binaries for the rest', () => {
    expect(plan(machine(all), { given })).toEqual({
      postgres: { kind: 'given', given: given.postgres },
      redis: { kind: 'private', program: all.redis },
      rabbitmq: { kind: 'private', program: all.rabbitmq },
      nginx: '/nginx',
    });
  });

  it('installs what is missing in one go, and nothing else', () => {
    const host = machine(some, all);
    expect(plan(host).nginx).toBe('/nginx');
    expect(host.installed).toEqual(['rabbitmq', 'nginx']);
  });

  it('needs no binary of what is given', () => {
    const { postgres: _postgres, ...withoutPostgres } = all;
    const host = machine(withoutPostgres);
    expect(plan(host, { given }).postgres.kind).toBe('given');
    expect(host.installed).toEqual([]);
  });

  it('installs nothing when that is forbidden, and names everything that is missing', () => {
    const host = machine(some, all);
    expect(() => plan(host, { mayInstall: false })).toThrow(
      'missing: rabbitmq ≥ 3.10, nginx ≥ 1.18 (STACK_INSTALL=0); ' +
        'install them (Debian, Ubuntu: apt-get install rabbitmq-server nginx), or set RABBITMQ_URL in .env',
    );
    expect(host.installed).toEqual([]);
  });

  it('says so where nothing can be installed', () => {
    expect(() => plan(machine({}, all, false))).toThrow('nothing can be installed from here');
  });

  it('says so where the packages of the system are too old', () => {
    expect(() => plan(machine(some, some))).toThrow('this system has older packages');
  });
});
