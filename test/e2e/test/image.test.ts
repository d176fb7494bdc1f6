import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { temporaryFolder, until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acceptedTerms, freshEmail } from '#account.ts';
import { GatewayClient } from '#client.ts';
import { freePort } from '#free-port.ts';
import { buildImage, containerOf, type Image } from '#image/build-image.ts';
import { contextFiles } from '#image/context.ts';
import { type Mount, type NamespaceRun, runInNamespace, startInNamespace } from '#image/namespace.ts';
import { sharedStack } from '#test-stack.ts';

const it = sharedStack();
const buildMs = 240_000;
const folder = temporaryFolder('image');
// Some ten thousand files.
afterAll(() => rmSync(folder, { recursive: true, force: true }), buildMs);

/** A container of the image, given the environment of the stack's own process, and its files so that the image's user reads them. */
function container(image: Image, env: Readonly<Record<string, string>>): Omit<NamespaceRun, 'command'> {
  const files = [...new Set(Object.values(env).filter((value) => value.startsWith(repositoryFolder)))];
  const volumes: Mount[] = files.map((target, index) => {
    const source = join(folder, `volume-${index}`);
    cpSync(target, source, { recursive: true });
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', String(image.user), source]);
    return { source, target };
  });
  const made = containerOf(image, volumes);
  return { ...made, env: { ...made.env, ...env } };
}

describe('the image of auth', () => {
  let image: Image;
  let run: Omit<NamespaceRun, 'command'>;
  let port: number;

  beforeAll(async () => {
    image = await buildImage({ target: 'app', args: { APP: 'auth', RELEASE: '1.2.3' }, folder });
    port = await freePort();
    const ports = { HTTP_PORT: String(port), RPC_PORT: String(await freePort()), HTTP_HOST: '127.0.0.1' };
    run = container(image, { ...it.stack.environments.auth, ...ports });
  }, buildMs);

  test('says in its environment that it is production, and which release', () => {
    expect(Object.fromEntries(image.env)).toMatchObject({ NODE_ENV: 'production', RELEASE: '1.2.3' });
  });

  test('runs as an unprivileged user on a read-only root, hashes a password, and ends at SIGTERM', async () => {
    const { child, pid, end } = startInNamespace({ ...run, command: image.entrypoint });
    let said = '';
    for (const output of [child.stdout, child.stderr]) output?.on('data', (chunk) => (said += chunk));
    try {
      const check = { ...run, command: image.healthcheck };
      await until(async () => {
        if (child.exitCode !== null) return true;
        await runInNamespace(check);
        return true;
      });
      expect(child.exitCode, said).toBeNull();
      const status = readFileSync(`/proc/${pid()}/status`, 'utf8');
      expect(status).toMatch(process.getuid?.() === 0 ? /^Uid:\s+65532\s+65532/m : /^Uid:/m);
      expect(readFileSync(`/proc/${pid()}/mountinfo`, 'utf8')).toMatch(/ \/ \/ ro[, ]/);

      const client = new GatewayClient(`http://127.0.0.1:${port}`);
      const { status: answered } = await client.send('POST', '/v1/auth/register', {
        body: { email: freshEmail(), password: 'a long sentence to remember', acceptedTerms },
      });
      expect(answered).toBe(202);
    } finally {
      end();
    }
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    await expect(runInNamespace({ ...run, command: image.healthcheck })).rejects.toThrow();
  }, 60_000);

  test('has no shell, and nothing that can be written', async () => {
    const script = (code: string) => runInNamespace({ ...run, command: ['/app/node', '-e', code] });
    expect(await script('console.log(fs.existsSync("/bin/sh"))')).toBe('false\n');
    const files = (await script('console.log(fs.readdirSync("/app").join("\\n"))')).trim().split('\n');
    // What is imported on demand lies beside the main file.
    const others = files.filter((file) => !/-[\w-]{8}\.mjs(\.map)?$/.test(file)).toSorted();
    expect(others).toEqual(['health.mjs', 'lib', 'main.mjs', 'main.mjs.map', 'node', 'node_modules']);
    for (const file of ['/app/x', '/x', '/app/main.mjs']) {
      await expect(script(`fs.writeFileSync(${JSON.stringify(file)}, "")`)).rejects.toThrow(/EROFS|EACCES/);
    }
  });
});

test('users other than root make such namespaces as well, in which nothing can be written either', async () => {
  const by = process.getuid?.() === 0 ? { by: 65_534 } : {};
  const mounts = ['/usr', '/bin', '/lib', '/lib64'].filter(existsSync).map((path) => ({ source: path, target: path }));
  const script = 'echo $(id -u) $GIVEN; touch /x 2>/dev/null || echo no';
  const run = { ...by, mounts, env: { GIVEN: 'a b' }, user: 65_532, command: ['/bin/sh', '-c', script] };
  expect(await runInNamespace(run)).toBe('65532 a b\nno\n');
});

test('what images are made from holds no secret, no data and no test result', async () => {
  const files = await contextFiles();
  expect(files).toEqual(expect.arrayContaining(['package.json', 'apps/auth/src/main.ts', 'infra/docker/health.mjs']));
  const unwanted = /(^|\/)(\.env|\.git|\.stack|node_modules|dist|test-results)(\/|$)/;
  expect(files.filter((file) => unwanted.test(file))).toEqual([]);
});
