import { argon2Sync, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { staticKeyring } from '#keys/keyring.ts';
import { argon2id } from '#password/argon2id.ts';
import { createPasswordHasher, defaultArgon2Parameters } from '#password/password-hasher.ts';

const k1 = randomBytes(32);
const pepper = staticKeyring('pepper', { k1 }, 'k1');
const rotated = staticKeyring('pepper', { k1, k2: randomBytes(32) }, 'k2');
const cheap = { memoryKib: 64, iterations: 1, parallelism: 1 };
const password = 'violet tractor umbrella';
const storedForm = /^[A-Za-z0-9_-]{1,32}:\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+$/;

const hasher = createPasswordHasher({ pepper, parameters: cheap });

/** Argon2id by Node's own implementation, with the salt of a PHC string: the tag in its base64. */
function tagByNode(phc: string, message: Uint8Array | string, costs: typeof cheap, secret?: Uint8Array): string {
  const nonce = Buffer.from(phc.split('$').at(-2) ?? '', 'base64');
  const { memoryKib: memory, iterations: passes, parallelism } = costs;
  const parameters = { message, nonce, memory, passes, parallelism, tagLength: 32, ...(secret && { secret }) };
  return argon2Sync('argon2id', parameters).toString('base64').replaceAll('=', '');
}

describe('Argon2id', () => {
  test("Node's implementation, the reference here, gives the vector of RFC 9106 §5.3", () => {
    const tag = argon2Sync('argon2id', {
      message: Buffer.alloc(32, 1),
      nonce: Buffer.alloc(16, 2),
      secret: Buffer.alloc(8, 3),
      associatedData: Buffer.alloc(12, 4),
      parallelism: 4,
      passes: 3,
      memory: 32,
      tagLength: 32,
    });
    expect(tag.toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
  });

  test.each([cheap, { memoryKib: 32, iterations: 3, parallelism: 4 }, defaultArgon2Parameters])(
    'the library agrees with it at %o',
    async (costs) => {
      const secret = randomBytes(32);
      const { memoryKib: memorySize, iterations, parallelism } = costs;
      const phc = await (await argon2id({ memorySize, iterations, parallelism, secret })).hash('password');
      expect(phc.split('$').at(-1)).toBe(tagByNode(phc, 'password', costs, secret));
    },
  );

  test('the library verifies a hash of the reference C implementation', async () => {
    const phc = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
    const library = await argon2id();
    expect(await library.verify(phc, 'password')).toBe(true);
    expect(await library.verify(phc, 'Password')).toBe(false);
  });
});

describe('hash', () => {
  test('SR-8: is Argon2id with the default costs, a random salt and the id of the pepper key', async () => {
    const hashes = await Promise.all([1, 2].map(() => createPasswordHasher({ pepper }).hash(password)));
    for (const hash of hashes) {
      expect(hash).toMatch(storedForm);
      expect(hash).toMatch(/^k1:\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    }
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  test('SR-8: mixes the pepper in: the stored string alone cannot be checked against a guess', async () => {
    const hash = await hasher.hash(password);
    const form = Buffer.from(password).toString('hex');
    expect(hash.split('$').at(-1)).toBe(tagByNode(hash, form, cheap, k1));
    expect(hash.split('$').at(-1)).not.toBe(tagByNode(hash, form, cheap));
  });
});

describe('verify', () => {
  test('accepts the password and nothing else', async () => {
    const hash = await hasher.hash(password);
    expect(await hasher.verify(hash, password)).toEqual({ valid: true, stale: false });
    expect(await hasher.verify(hash, `${password} `)).toMatchObject({ valid: false });
  });

  test.each<[string, string, string, boolean]>([
    ['composed and decomposed typing is one', 'caf\u00e9 au lait', 'cafe\u0301 au lait', true],
    ['a full-width letter is another', 'a'.repeat(12), `${'a'.repeat(11)}ａ`, false],
    ['a ligature is another', 'office hours', 'oﬃce hours', false],
    ['character 73 counts', 'x'.repeat(80), `${'x'.repeat(72)}y${'x'.repeat(7)}`, false],
    ['character 256 counts', 'x'.repeat(256), `${'x'.repeat(255)}y`, false],
    ['a leading space counts', ' open sesame', 'open sesame', false],
    ['what follows NUL counts', 'open\0sesame', 'open\0simsim', false],
    ['case counts', 'open sesame!', 'Open sesame!', false],
    ['half of a surrogate pair is not a replacement character', 'open sesame\ufffd', 'open sesame\ud800', false],
  ])('SR-3: %s', async (_, set, tried, valid) => {
    expect(await hasher.verify(await hasher.hash(set), tried)).toMatchObject({ valid });
  });

  test('SR-8: costs that changed, or a pepper that rotated, make a hash stale but not invalid', async () => {
    const hash = await hasher.hash(password);
    const raised = createPasswordHasher({ pepper, parameters: { ...cheap, iterations: 2 } });
    const repeppered = createPasswordHasher({ pepper: rotated, parameters: cheap });
    expect(await raised.verify(hash, password)).toEqual({ valid: true, stale: true });
    expect(await repeppered.verify(hash, password)).toEqual({ valid: true, stale: true });
    expect(await repeppered.verify(await repeppered.hash(password), password)).toEqual({ valid: true, stale: false });
  });

  test('another pepper under the same id does not verify', async () => {
    const other = createPasswordHasher({
      pepper: staticKeyring('pepper', { k1: randomBytes(32) }, 'k1'),
      parameters: cheap,
    });
    expect(await other.verify(await hasher.hash(password), password)).toMatchObject({ valid: false });
  });

  test('a pepper key that is gone is an error of ours, not a wrong password', async () => {
    const hash = await createPasswordHasher({ pepper: rotated, parameters: cheap }).hash(password);
    await expect(hasher.verify(hash, password)).rejects.toMatchObject({ code: 'service.internal' });
  });

  test.each([
    '',
    'plain text',
    '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
    'k1:$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
    'k1:$2b$12$abcdefghijklmnopqrstuv',
  ])('refuses the stored text %j', async (stored) => {
    await expect(hasher.verify(stored, password)).rejects.toMatchObject({ code: 'service.internal' });
  });
});

describe('decoy', () => {
  test('SR-15: costs what a verification costs', async () => {
    const real = createPasswordHasher({ pepper, concurrency: 1 });
    const hash = await real.hash(password);
    const times = { verify: [] as number[], decoy: [] as number[] };
    for (let round = 0; round < 9; round += 1) {
      times.verify.push(await cpuTime(() => real.verify(hash, 'wrong')));
      times.decoy.push(await cpuTime(() => real.decoy('wrong')));
    }
    const ratio = median(times.decoy) / median(times.verify);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.7);
  });
});

describe('SR-9: the queue', () => {
  test('turns away what does not fit, and serves the rest', async () => {
    const small = createPasswordHasher({ pepper, parameters: cheap, concurrency: 2, queueMax: 10 });
    const attempts = Array.from({ length: 300 }, () => small.hash(password));
    expect(small.stats()).toMatchObject({ running: 2, queued: 10, rejected: 288 });
    const results = await Promise.allSettled(attempts);
    const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason);
    expect(refused).toHaveLength(288);
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'service.overloaded', details: { retryAfterSeconds: 1 } });
    }
    expect(small.stats()).toMatchObject({ running: 0, queued: 0, completed: 12 });
  });
});

describe('SR-9: those who are admitted', () => {
  test('are the next few; others wait in order, and who finds no room is turned away before the work began', async () => {
    const small = createPasswordHasher({ pepper, parameters: cheap, concurrency: 2, queueMax: 10 });
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const begun: number[] = [];
    const attempts = Array.from({ length: 30 }, (_, index) =>
      small.admit(async () => {
        begun.push(index);
        await opened;
        return small.hash(password);
      }),
    );
    for (const attempt of attempts) attempt.catch(() => undefined); // told of below
    await vi.waitFor(() => expect(begun).toEqual([0, 1, 2, 3]));
    expect(small.stats()).toMatchObject({ running: 0, queued: 10, rejected: 16 });
    open();
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(14);
    expect(results.at(-1)).toMatchObject({ reason: { code: 'service.overloaded' } });
    expect(begun).toEqual(Array.from({ length: 14 }, (_, index) => index));
  });

  test('are more where a verification has a least time, which passes beside others', () => {
    const patient = createPasswordHasher({ pepper, parameters: cheap, concurrency: 1, queueMax: 0, verifyMinMs: 300 });
    const never = new Promise<void>(() => undefined);
    const attempts = Array.from({ length: 9 }, () => patient.admit(() => never));
    for (const attempt of attempts) attempt.catch(() => undefined);
    expect(patient.stats()).toMatchObject({ rejected: 1 });
  });
});

describe('SR-9: strangers', () => {
  test('have a quarter of the queue: who signs in finds a place behind any number of them', async () => {
    const small = createPasswordHasher({ pepper, parameters: cheap, concurrency: 4, queueMax: 40 });
    const stored = await small.hash(password);
    const attempts = Array.from({ length: 300 }, () => small.hashForStranger(password));
    for (const attempt of attempts) attempt.catch(() => undefined); // told of below
    expect(small.stats()).toMatchObject({ queued: 10, rejected: 286 });
    const signIns = Array.from({ length: 40 }, () => small.admit(() => small.verify(stored, password)));
    expect(small.stats().rejected).toBe(286);
    for (const { valid } of await Promise.all(signIns)) expect(valid).toBe(true);
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(14);
    expect(results.at(-1)).toMatchObject({
      reason: { code: 'service.overloaded', details: { retryAfterSeconds: expect.any(Number) } },
    });
    expect(small.stats()).toMatchObject({ running: 0, queued: 0 });
  });

  test('leave no core idle while nobody else comes', async () => {
    const idle = createPasswordHasher({ pepper, concurrency: 2 });
    const hashes = Array.from({ length: 6 }, () => idle.hashForStranger(password));
    let most = 0;
    while (idle.stats().completed < hashes.length) {
      most = Math.max(most, idle.stats().running);
      await setImmediate();
    }
    await Promise.all(hashes);
    expect(most).toBe(2);
  });

  test('have half of the places: of those who are hashed in a storm they are never more', async () => {
    const small = createPasswordHasher({ pepper, parameters: cheap, concurrency: 2, queueMax: 400 });
    const done: string[] = [];
    const storm = Array.from({ length: 60 }, () => [
      small.hashForStranger(password).then(() => done.push('stranger')),
      small.admit(() => small.hash(password)).then(() => done.push('user')),
    ]).flat();
    await Promise.all(storm);
    const users = done.slice(0, 60).filter((who) => who === 'user').length;
    expect(users).toBeGreaterThanOrEqual(25);
  });

  test('get a hash like any other', async () => {
    const hash = await hasher.hashForStranger(password);
    expect(await hasher.verify(hash, password)).toEqual({ valid: true, stale: false });
  });
});

describe('the threads that hash', () => {
  const threads = '/proc/self/task';

  test.runIf(existsSync(threads))('give way to every other thread, so that cheap calls stay cheap', async () => {
    await createPasswordHasher({ pepper, parameters: cheap }).hash(password);
    const named = readdirSync(threads).map((id) => {
      const name = readFileSync(`${threads}/${id}/comm`, 'utf8').trim();
      return { isOfPool: name === 'libuv-worker', niceness: getPriority(Number(id)) };
    });
    const least = Math.min(...named.filter(({ isOfPool }) => isOfPool).map(({ niceness }) => niceness));
    const main = getPriority(process.pid);
    expect(least).toBeGreaterThan(main);
  });
});

/** Microseconds of processor time, which other processes on the machine do not lengthen as they do the time on the wall. */
async function cpuTime(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
