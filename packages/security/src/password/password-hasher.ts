import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { DomainError, normalisePassword } from '@bank/domain';
import type { Argon2id } from 'oslo/password';
import type { ForeignHash, ForeignHashProblem } from '#foreign/foreign-hash.ts';
import { deriveForeignHash, type ForeignRecipe, writeRecipe } from '#foreign/recipe.ts';
import type { Key, Keyring } from '#keys/keyring.ts';
import { argon2id } from '#password/argon2id.ts';
import { letPoolYield } from '#password/let-pool-yield.ts';
import {
  type Argon2Parameters,
  parseStoredHash,
  problemOfStoredHash,
  readStoredHash,
  sameCosts,
} from '#password/stored-hash.ts';
import { createWorkQueue, type WorkQueue, type WorkQueueStats } from '#password/work-queue.ts';

/** OWASP's first choice: 19 MiB, two passes, one lane (SR-8). */
export const defaultArgon2Parameters: Argon2Parameters = { memoryKib: 19_456, iterations: 2, parallelism: 1 };

export interface PasswordHasherOptions {
  /** Keys that are mixed into every hash and kept out of the database. */
  readonly pepper: Keyring;
  /** Hashes at a time, by default one a core. They run on libuv's pool, so UV_THREADPOOL_SIZE must be larger. */
  readonly concurrency?: number;
  /** Callers that may wait, by default 64 for each that runs: about a second and a half. */
  readonly queueMax?: number;
  readonly parameters?: Argon2Parameters;
  /**
   * No verification ends earlier, in milliseconds: the time of those who were imported, whose first takes longer, is then
   * the time of everybody (SR-15). It costs nothing but the wait.
   */
  readonly verifyMinMs?: number;
}

/** A hash of our own that somebody brought. `hash_key`: the pepper key that it was made with is not here. */
type AdoptedHash = { readonly stored: string } | { readonly problem: ForeignHashProblem | 'hash_key' };

export interface PasswordHasher {
  /**
   * Runs work that ends with a verification once its turn is near. Of many who come at once only the next few are looked up and
   * asked about, while the others wait and cost nothing. @throws service.overloaded, before the work began
   */
  admit<T>(work: () => Promise<T>): Promise<T>;
  /** A hash to store: `<pepper key id>:<PHC string>`. @throws service.overloaded */
  hash(password: string): Promise<string>;
  /**
   * The same for somebody who is no user yet. Such strangers have one place a core, half of all at most, so that they leave no
   * core idle, and a quarter of the queue: however many of them come, whoever signs in finds a place. @throws service.overloaded
   */
  hashForStranger(password: string): Promise<string>;
  /**
   * A hash to store for a hash of another system: Argon2id of what that system kept. Waits for its turn among others of its
   * kind, so that a million of them leave the queue to whoever signs in. @throws service.overloaded
   */
  wrap(foreign: ForeignHash): Promise<string>;
  /**
   * What is stored for a hash that `hash` or `wrap` made where the pepper is the same, as an export has it: itself, or what is wrong
   * with it. Undefined for what has another form.
   */
  adopt(text: string): AdoptedHash | undefined;
  /** `stale` asks for a new hash of the valid password: costs or pepper have changed, or it was imported. @throws service.overloaded */
  verify(hash: string, password: string): Promise<{ valid: boolean; stale: boolean }>;
  /** Costs what a verification costs, for when there is no user. @throws service.overloaded */
  decoy(password: string): Promise<void>;
  stats(): WorkQueueStats;
}

/** So many are made ready for each that is hashed: the next when a hash ends. More come before the cheap calls of others. */
const admittedAhead = 1;
/** About the time of one hash, in milliseconds: so many more are admitted as would otherwise wait for `verifyMinMs` to pass. */
const hashMs = 50;
/** What strangers may have of the queue. */
const strangersShareOfQueue = 1 / 4;
const saltBytes = 16;
const tagBytes = 32;

/**
 * Hashes and verifies passwords with Argon2id and a pepper, a bounded number at a time: hashing is the most expensive
 * thing that a stranger can ask for (SR-8, SR-9).
 */
export function createPasswordHasher(options: PasswordHasherOptions): PasswordHasher {
  const concurrency = options.concurrency ?? availableParallelism();
  const { pepper, verifyMinMs = 0, queueMax = concurrency * 64 } = options;
  const queue = createHashingQueue({ concurrency, queueMax });
  const places = concurrency * (1 + admittedAhead + Math.ceil(verifyMinMs / hashMs));
  const admission = createWorkQueue({ concurrency: places, queueMax });
  const strangers = createWorkQueue({ concurrency, queueMax: Math.floor(queueMax * strangersShareOfQueue) });
  const parameters = options.parameters ?? defaultArgon2Parameters;
  const background = createWorkQueue({ concurrency, queueMax: Number.POSITIVE_INFINITY });
  const decoyTail = `${unpaddedBase64(randomBytes(saltBytes))}$${unpaddedBase64(randomBytes(tagBytes))}`;

  async function verify(hash: string, password: string): Promise<{ valid: boolean; stale: boolean }> {
    const { keyId, recipe, phc, parameters: costs } = readStoredHash(hash);
    const key = pepper.find(keyId);
    if (key === undefined) {
      throw new DomainError('service.internal', { reason: `pepper key ${keyId} is not in the keyring` });
    }
    const matches = await queue.run(async () =>
      (await argon2(parameters, key)).verify(phc, await formFor(recipe, password)),
    );
    const valid = matches && password.isWellFormed();
    return {
      valid,
      stale: recipe !== undefined || keyId !== pepper.current().id || !sameCosts(costs, parameters),
    };
  }

  async function decoy(password: string): Promise<void> {
    const { memoryKib, iterations, parallelism } = parameters;
    const phc = `$argon2id$v=19$m=${memoryKib},t=${iterations},p=${parallelism}$${decoyTail}`;
    await queue.run(async () => (await argon2(parameters, pepper.current())).verify(phc, exactForm(password)));
  }

  async function hash(password: string): Promise<string> {
    const key = pepper.current();
    const phc = await queue.run(async () => (await argon2(parameters, key)).hash(exactForm(password)));
    return `${key.id}:${phc}`;
  }

  return {
    admit: (work) => admission.run(work),
    hash,
    hashForStranger: (password) => strangers.run(() => hash(password)),
    async wrap({ recipe, digest }) {
      const key = pepper.current();
      const hashed = () => queue.run(async () => (await argon2(parameters, key)).hash(digest.toString('hex')));
      return `${key.id}:${writeRecipe(recipe)}|${await background.run(hashed)}`;
    },
    adopt: (text) => adopt(text, pepper, parameters),
    verify: (hash, password) => noEarlier(verifyMinMs, verify(hash, password)),
    decoy: (password) => noEarlier(verifyMinMs, decoy(password)),
    stats() {
      const hashes = queue.stats();
      const all = [hashes, admission.stats(), strangers.stats()];
      const sumOf = (count: 'queued' | 'rejected') => all.reduce((sum, stats) => sum + stats[count], 0);
      return { ...hashes, queued: sumOf('queued'), rejected: sumOf('rejected') };
    },
  };
}

/** A queue of hashes on libuv's pool, which exists once the first is done, and stands behind all other threads from then on. */
function createHashingQueue(options: { concurrency: number; queueMax: number }): WorkQueue {
  const queue = createWorkQueue(options);
  let poolYields = false;
  return {
    ...queue,
    async run(job) {
      try {
        return await queue.run(job);
      } finally {
        if (!poolYields) letPoolYield();
        poolYields = true;
      }
    },
  };
}

/** A failure is not held back: it says that nothing was verified. */
async function noEarlier<T>(minMs: number, work: Promise<T>): Promise<T> {
  const [result] = await Promise.all([work, minMs > 0 ? pause(minMs) : undefined]);
  return result;
}

function argon2({ memoryKib, iterations, parallelism }: Argon2Parameters, pepper: Key): Promise<Argon2id> {
  return argon2id({
    memorySize: memoryKib,
    iterations,
    parallelism,
    tagLength: tagBytes,
    secret: new Uint8Array(pepper.bytes),
  });
}

/**
 * What is hashed is the hexadecimal UTF-8 of the NFC form. The library would otherwise apply NFKC, under which different
 * passwords become equal (SR-3); on hexadecimal digits it changes nothing.
 */
function exactForm(password: string): string {
  return Buffer.from(normalisePassword(password), 'utf8').toString('hex');
}

/** What is hashed for a password that was imported is what the other system would have kept. */
async function formFor(recipe: ForeignRecipe | undefined, password: string): Promise<string> {
  return recipe === undefined ? exactForm(password) : (await deriveForeignHash(recipe, password)).toString('hex');
}

function adopt(text: string, pepper: Keyring, usual: Argon2Parameters): AdoptedHash | undefined {
  const stored = parseStoredHash(text);
  if (stored === undefined) return undefined;
  if (pepper.find(stored.keyId) === undefined) return { problem: 'hash_key' };
  const problem = problemOfStoredHash(text, usual);
  return problem === undefined ? { stored: text } : { problem };
}

function unpaddedBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
