import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { readPublicApi } from './declarations.ts';
import { filesOf, installInto, packInto, runIn, runTool } from './packed.ts';

// Compilers and package managers as programs, beside other tests on the same cores.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let outside: string;
let tarball: string;
let installed: string;

beforeAll(async () => {
  outside = temporaryFolder('verifier');
  tarball = await packInto(outside);
  installed = await installInto(outside, tarball);
});

describe('the package as it would be published', () => {
  it('holds what is needed, and nothing else', async () => {
    expect(await filesOf(installed)).toEqual([
      'LICENSE',
      'README.md',
      'dist/index.d.ts',
      'dist/index.js',
      'package.json',
    ]);
  });

  it('depends on published packages alone, at the versions that are tested here', async () => {
    const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as Record<string, object>;
    expect(manifest).not.toHaveProperty('private');
    expect(manifest).not.toHaveProperty('imports.#*');
    expect(Object.keys(manifest['dependencies'] ?? {})).toEqual(['jose', 'lru-cache']);
    expect(JSON.stringify(manifest['dependencies'])).toMatch(
      /^\{"jose":"\d+\.\d+\.\d+","lru-cache":"\d+\.\d+\.\d+"\}$/,
    );
    const { exports } = manifest;
    expect(exports).toEqual({ '.': { types: './dist/index.d.ts', default: './dist/index.js' } });
  });

  it('passes publint', async () => {
    expect(await runTool(outside, 'publint', 'run', '--strict', tarball)).toMatchObject({ status: 0 });
  });

  it('has types that every resolution of ES modules finds', async () => {
    expect(await runTool(outside, 'attw', '--profile', 'esm-only', tarball)).toMatchObject({ status: 0 });
  });
});

describe('the public API', () => {
  const values = [
    ...['DomainError', 'boundToken', 'challengeOf', 'createGuard', 'createHttpJwksSource', 'createMemoryReplayStore'],
    ...['createProofChecker', 'createProofNonces', 'createRefill', 'createRevocationFeed', 'createVerifier'],
    ...['isSignatureOf', 'presentedToken', 'readPublicKey', 'readRevocationMessage'],
  ];

  it('is what is meant to be, and the same inside and outside of the repository', async () => {
    expect(Object.keys(await import('#index.ts')).sort()).toEqual(values);
    expect(Object.keys(await import(join(installed, 'dist/index.js'))).sort()).toEqual(values);
  });

  it('says of each name what it is, of each method what it does, and of each number its unit', async () => {
    const { names, undocumented } = readPublicApi(await readFile(join(installed, 'dist/index.d.ts'), 'utf8'));
    expect(undocumented).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(values));
  });

  it('fails where a name, a method or a number without a unit says nothing', () => {
    const text = `interface A { /** b */ b(): void; c(): void; d: number; eMs: number; }
/** f */ export declare function f(): A; export declare const g: 1; export type { A };`;
    expect(readPublicApi(text)).toEqual({ names: ['A', 'f', 'g'], undocumented: ['g', 'A', 'A.c', 'A.d'] });
  });
});

describe('the checks see', () => {
  it.each([
    ['publint', 'default', 'publint', ['run', '--strict']],
    ['attw', 'types', 'attw', ['--profile', 'esm-only']],
  ])('%s: an entry for "%s" that is not there', async (_name, condition, program, args) => {
    const broken = temporaryFolder('verifier-broken');
    const folder = await installInto(broken, tarball);
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, object>;
    const entries = { types: './dist/index.d.ts', default: './dist/index.js', [condition]: './dist/away.js' };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, exports: { '.': entries } }));
    await runIn(
      folder,
      'tar',
      '-czf',
      join(broken, 'broken.tgz'),
      '--transform',
      's,^,package/,',
      'package.json',
      'dist',
    );
    expect(await runTool(broken, program, ...args, 'broken.tgz')).toMatchObject({ status: 1 });
  });
});

const consumer = `
  import { createGuard, createMemoryReplayStore, createProofChecker, createProofNonces, createRefill, createRevocationFeed,
    createVerifier, type Guard, type UserId } from '@bank/verifier';
  const none = { epoch: 1n, number: 0n, hasMore: false, entries: [] };
  const feed = createRevocationFeed({
    channel: { subscribe: async () => async () => undefined },
    refill: createRefill(async () => none),
    logger: console,
  });
  const verifier = createVerifier({
    issuer: 'https://id.bank.example', audiences: ['payments'], feed, jwks: { load: async () => ({ document: JWKS }) },
  });
  const nonces = createProofNonces(new Uint8Array(32));
  const proofs = createProofChecker({ origins: ['https://payments.example'], replays: createMemoryReplayStore(), nonces });
  const guard: Guard = createGuard({ verifier, proofs });
  await verifier.start();
  const admission = await guard.admit({ method: 'GET', url: '/', headers: { authorization: 'Bearer ' + TOKEN } });
  const owner: UserId | number = admission.kind === 'admitted' ? admission.claims.sub : admission.status;
  console.log(owner);
  await verifier.stop();
`;

describe('outside of the repository', () => {
  it('it verifies a token under plain Node', async () => {
    const { claimsAt, jwkOf, newKey, tokenOf } = await import('../issuer.ts');
    const key = newKey('k1');
    const token = tokenOf(key, { claims: { ...claimsAt(Date.now()), aud: 'payments' } });
    const code = consumer
      .replace('JWKS', JSON.stringify({ keys: [jwkOf(key)] }))
      .replace('TOKEN', JSON.stringify(token))
      .replaceAll(/, type \w+|: Guard|: UserId \| number/g, '');
    await writeFile(join(outside, 'consumer.mjs'), code);
    const ended = await runIn(outside, process.execPath, 'consumer.mjs');
    expect(ended).toEqual({ status: 0, text: '0198c0de-0000-7000-8000-000000000001\n' });
  });

  it('its types are whole, in the strictest setting and without the types of any library but Node', async () => {
    const wrong = `// @ts-expect-error a port is no address
  await guard.admit({ method: 'GET', url: 1, headers: {} });`;
    await writeFile(
      join(outside, 'consumer.mts'),
      `const JWKS: unknown = {}; const TOKEN: string = '';
${consumer}
${wrong}`,
    );
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--skipLibCheck',
      'false',
      '--types',
      'node',
    ];
    const target = ['--target', 'es2024', '--module', 'nodenext'];
    expect(await runTool(outside, 'tsc', ...options, ...target, 'consumer.mts')).toEqual({ status: 0, text: '' });
  });

  it('nothing but its index can be imported', async () => {
    await writeFile(join(outside, 'deep.mjs'), `await import('@bank/verifier/dist/index.js');`);
    const { status, text } = await runIn(outside, process.execPath, 'deep.mjs');
    expect(status).toBe(1);
    expect(text).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });
});
