import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { validate } from 'dockerfile-utils';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { nodeFlags } from '#stack/apps/app-process.ts';
import { composeUp } from '#stack/containers/compose.ts';
import { containerHba } from '#stack/containers/store-containers.ts';
import { prepareWholeStack } from '#stack/containers/whole-stack.ts';
import { findBinaries } from '#stack/host/binaries.ts';
import { appNames } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly ports?: readonly (string | { host_ip?: string })[];
  readonly volumes?: readonly (string | { source: string; target: string })[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: unknown;
  readonly stop_grace_period?: string;
}

const folder = temporaryFolder('whole-stack');
let variables: string;

beforeAll(async () => {
  variables = await prepareWholeStack(folder);
});

/** What Compose understands of our files, with every variable filled in. */
function services(...files: readonly string[]): Readonly<Record<string, Service>> {
  const compose = findBinaries().compose;
  if (compose === undefined) throw new Error('docker-compose is missing: "npm test" installs it');
  const [program, ...first] = compose.command;
  const named = files.flatMap((file) => ['-f', join(repositoryFolder, file)]);
  const args = [...first, '--env-file', variables, ...named, '--profile', 'gateway', 'config'];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return parse(stdout).services;
}

let whole: Readonly<Record<string, Service>> | undefined;

function dev(): Readonly<Record<string, Service>> {
  whole ??= services('docker-compose.yml', 'docker-compose.dev.yml');
  return whole;
}

describe('docker-compose.yml', () => {
  it('is understood, and publishes every port on the loopback interface alone', () => {
    const found = services('docker-compose.yml');
    expect(Object.keys(found).sort()).toEqual(['gateway-by-name', 'gateway-on-host', 'postgres', 'rabbitmq', 'redis']);
    for (const { ports = [] } of Object.values(found)) {
      for (const port of ports) {
        expect(typeof port === 'string' ? port.split(':')[0] : port.host_ip).toBe('127.0.0.1');
      }
    }
  });

  it('refuses to start by itself, before the launcher has written what it mounts', () => {
    const compose = findBinaries().compose?.command ?? ['docker-compose'];
    const args = [...compose.slice(1), '-f', join(repositoryFolder, 'docker-compose.yml'), 'config'];
    const { status, stderr } = spawnSync(compose[0], args, {
      encoding: 'utf8',
      cwd: folder,
      env: { PATH: process.env['PATH'] },
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain('run npm start');
  });

  it('lets people in from outside of the container by the rules that private servers have', () => {
    expect(containerHba('hostssl   all       all   127.0.0.1/32   scram-sha-256\n')).toBe(
      'local all all trust\nhostssl   all       all   all   scram-sha-256\n',
    );
  });

  it('is run in a project of its own for each checkout, with nothing of the developer in its environment', () => {
    process.env['A_SECRET_OF_SOMEBODY'] = 'x';
    const run = { name: 'containers', layer: 'store', services: ['redis'], variables: { REDIS_PORT: '7' } } as const;
    const [one, other] = [composeUp(run, '/one/.stack'), composeUp(run, '/other/.stack')];
    delete process.env['A_SECRET_OF_SOMEBODY'];
    expect(one.args[2]).toMatch(/^bank-[0-9a-f]+$/);
    expect(one.args[2]).not.toBe(other.args[2]);
    expect(one.args.at(-1)).toBe('redis');
    expect(one.env).toMatchObject({ STACK_FILES: '/one/.stack/containers', REDIS_PORT: '7' });
    expect(one.env).not.toHaveProperty('A_SECRET_OF_SOMEBODY');
  });
});

describe('docker-compose.dev.yml', () => {
  it('runs every app unprivileged, without capabilities, on a read-only root, and asks for its health', () => {
    const found = dev();
    for (const name of [...appNames, 'sandbox', 'provision', 'gateway']) {
      const service = found[name];
      expect(service, name).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(service?.user, name).toMatch(/^\d+:\d+$/);
    }
    for (const app of appNames) expect(found[app]?.healthcheck, app).toBeDefined();
  });

  it('gives an app the time that it may take to end, which is 25 s (runService)', () => {
    const found = dev();
    for (const app of appNames) {
      const [, seconds] = /^(\d+)s$/.exec(found[app]?.stop_grace_period ?? '') ?? [];
      expect(Number(seconds), app).toBeGreaterThan(25);
    }
  });

  it('gives an app its own files and no other, and mounts none that can be written but checkpoints and files', () => {
    const found = dev();
    for (const app of appNames) {
      const volumes = found[app]?.volumes?.map((volume) =>
        typeof volume === 'string' ? volume.split(':') : [volume.source, volume.target],
      );
      const files = join(folder, 'containers');
      const own = [[join(files, app), '/run/bank'].join(':')];
      const written = new Map([
        ['admin', [`${join(files, 'checkpoints')}:/run/checkpoints`]],
        ['profile', [`${join(files, 'files')}:/run/files`]],
      ]);
      expect(volumes?.map(([source, target]) => `${source}:${target}`)).toEqual([...own, ...(written.get(app) ?? [])]);
      expect(readdirSync(join(files, app, 'keyrings'))).toEqual([app]);
    }
  });

  it('lets containers find each other by name, and clients the gateway', () => {
    const { auth, admin } = dev();
    expect(auth?.environment).toMatchObject({
      HTTP_HOST: '0.0.0.0',
      MFA_RPC_URL: 'https://mfa:4203',
      SMTP_URL: 'smtp://sandbox:2525',
      TOKEN_ISSUER: 'http://localhost:8080',
      DATABASE_CA_FILE: '/run/bank/ca.pem',
    });
    expect(admin?.environment).toMatchObject({ AUTH_RPC_URL: 'https://auth:4201', CHECKPOINT_DIR: '/run/checkpoints' });
    const addresses = Object.values({ ...auth?.environment, ...admin?.environment });
    expect(addresses.filter((value) => value.includes('127.0.0.1') || value.includes(folder))).toEqual([]);
  });
});

describe('infra/docker/Dockerfile', () => {
  const text = readFileSync(join(repositoryFolder, 'infra/docker/Dockerfile'), 'utf8');

  it('has nothing that a linter finds', () => {
    expect(validate(text)).toEqual([]);
    expect(validate(text.replace('USER 65532:65532', 'USERS 65532'))).not.toEqual([]);
  });

  it('fetches the versions of pnpm and turbo that the workspace has', () => {
    const { catalog } = parse(readFileSync(join(repositoryFolder, 'pnpm-workspace.yaml'), 'utf8'));
    const fetched = new Set(
      [...text.matchAll(/npx --yes (\S+?)@(\S+)/g)].map(([, name, version]) => `${name} ${version}`),
    );
    expect([...fetched].sort()).toEqual([`pnpm ${catalog.pnpm}`, `turbo ${catalog.turbo}`]);
  });

  it('ends in an image that runs as a number, without a shell', () => {
    const last = text.slice(text.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER \d+:\d+$/m);
    const entryPoint = JSON.stringify(['/app/node', ...nodeFlags, '/app/main.mjs']).replaceAll(',', ', ');
    expect(last).toContain(`\nENTRYPOINT ${entryPoint}\n`);
    expect(last).toMatch(/^HEALTHCHECK .* CMD \["/m);
    expect(last).not.toMatch(/^RUN /m);
  });
});
