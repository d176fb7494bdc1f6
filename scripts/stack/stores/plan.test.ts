import { describe, expect, it } from 'vitest';
import type { Binaries } from '#stack/host/binaries.ts';
import { type Host, planStores } from '#stack/stores/plan.ts';

const all: Binaries = {
  postgres: { folder: '/pg/bin' },
  redis: { server: '/redis' },
  rabbitmq: { home: '/rabbit', epmd: '/epmd' },
  nginx: { server: '/nginx' },
  prometheus: { server: '/prometheus', promtool: '/promtool' },
};
const { rabbitmq: _rabbitmq, nginx: _nginx, ...some } = all;
const given = { postgres: { url: 'postgres://db', variable: 'POSTGRES_URL' } };

type TestHost = Host & { readonly installed: string[]; readonly cleared: () => number };

/** A machine that has the first binaries, and the second after an installation. */
function machine(before: Binaries, after = before, canInstall = true, docker = false): TestHost {
  const installed: string[] = [];
  let cleared = 0;
  return {
    installed,
    cleared: () => cleared,
    clearKilledInstall: () => {
      cleared += 1;
    },
    dockerAnswers: () => docker,
    findBinaries: () => (installed.length === 0 ? before : after),
    canInstall: () => canInstall,
    install: (servers) => void installed.push(...servers),
  };
}

const defaults = { given: {}, mayInstall: true, mayUseDocker: true, addressPrefix: '' } as const;
const plan = (host: Host, settings = {}) => planStores({ ...defaults, ...settings }, () => undefined, { host });

const inContainer = { kind: 'container' };

describe('planStores', () => {
  it('takes a given address as it is, and binaries for the rest', () => {
    expect(plan(machine(all), { given })).toEqual({
      postgres: { kind: 'given', given: given.postgres },
      redis: { kind: 'private', program: all.redis },
      rabbitmq: { kind: 'private', program: all.rabbitmq },
      nginx: { kind: 'private', program: all.nginx },
    });
  });

  it('prefers a Docker engine that answers to binaries, and what was given to both', () => {
    const host = machine(all, all, true, true);
    expect(plan(host, { given })).toEqual({
      postgres: { kind: 'given', given: given.postgres },
      redis: inContainer,
      rabbitmq: inContainer,
      nginx: inContainer,
    });
    expect(plan(machine({}, {}, false, true)).postgres).toEqual(inContainer);
    expect(host.installed).toEqual([]);
  });

  it('takes away what a killed installation left, though nothing is missing, where it may install', () => {
    const host = machine(all);
    plan(host, { mayInstall: false });
    expect(host.cleared()).toBe(0);
    plan(host);
    expect(host.cleared()).toBe(1);
  });

  it('leaves the engine alone when that is asked for', () => {
    expect(plan(machine(all, all, true, true), { mayUseDocker: false }).redis.kind).toBe('private');
  });

  it('wants the programs of tests on the machine itself, whatever runs in containers', () => {
    const host = machine(some, all, true, true);
    const { redis, nginx } = planStores(defaults, () => undefined, { host, testPrograms: ['nginx', 'prometheus'] });
    expect(host.installed).toEqual(['nginx']);
    expect([redis, nginx]).toEqual([inContainer, { kind: 'private', program: all.nginx }]);
  });

  it.each([
    ['an address is given', given, false],
    ['a container runs', {}, true],
  ])('wants the stores that tests start by themselves as programs, though %s', (_, addresses, docker) => {
    const { postgres: _postgres, ...withoutPostgres } = all;
    const asked = { ...defaults, given: addresses, addressPrefix: 'TEST_' } as const;
    const programs = { testPrograms: ['postgres', 'redis'] } as const;
    const host = machine(withoutPostgres, all, true, docker);
    const { postgres } = planStores(asked, () => undefined, { host, ...programs });
    expect(postgres.kind).toBe(docker ? 'container' : 'given');
    expect(host.installed).toEqual(['postgres']);

    const forbidden = machine(withoutPostgres, all, true, docker);
    const settings = { ...asked, mayInstall: false };
    expect(() => planStores(settings, () => undefined, { host: forbidden, ...programs })).toThrow(
      'missing: postgres ≥ 15.0 (STACK_INSTALL=0); install them (Debian, Ubuntu: apt-get install postgresql); ' +
        'tests start postgres themselves, whatever address or container there is',
    );
    expect(forbidden.installed).toEqual([]);
  });

  it('names the addresses that tests read', () => {
    const settings = { ...defaults, addressPrefix: 'TEST_', mayInstall: false } as const;
    expect(() => planStores(settings, () => undefined, { host: machine(some) })).toThrow('or set TEST_RABBITMQ_URL');
  });

  it('installs what is missing in one go, and nothing else', () => {
    const host = machine(some, all);
    expect(plan(host).nginx).toEqual({ kind: 'private', program: all.nginx });
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

  it('names Google Chrome where the system has no package of Chromium', () => {
    const host = machine(some, all);
    expect(() => planStores(defaults, () => undefined, { host, testPrograms: ['chromium'] })).toThrow(
      'missing: chromium ≥ 120.0 (this system has older packages, or none); ' +
        'install them (Debian, Ubuntu: apt-get install chromium), or Google Chrome where Chromium is a snap alone, as on Ubuntu',
    );
    expect(host.installed).toEqual(['rabbitmq', 'nginx', 'chromium']);
  });

  it('says so where the packages of the system are too old', () => {
    expect(() => plan(machine(some, some))).toThrow('this system has older packages');
  });
});
