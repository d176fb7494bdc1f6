import { type Clock, type IdSource, type JsonObject, systemClock, systemIds } from '@bank/domain';
import { type Key, type Keyring, open, seal } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import { LRUCache } from 'lru-cache';
import type { Database } from '#connection/database.ts';
import type { StopListening } from '#connection/listener.ts';
import { DataKeyRepository, destroyedChannel } from '#pii/data-key.repository.ts';
import { type KeyClass, keyClasses, type StoredKey, type Tombstone, type WrappedKey } from '#pii/data-key.ts';
import { randomKeys, unwrapDataKey, wrapDataKey } from '#pii/wrapping.ts';

/** Where a sealed record belongs. It opens nowhere else. */
export interface SealedPlace {
  readonly userId: string;
  readonly table: string;
  /** The sensitivity group: one record holds all the fields of a row that are read and hidden together. */
  readonly group: string;
  readonly keyClass: KeyClass;
}

/** The user has no data key of that class: never had, or it was destroyed. What it sealed is gone. */
export class DataKeyMissing extends Error {
  override readonly name = 'DataKeyMissing';
  readonly keyClass: KeyClass;

  constructor(keyClass: KeyClass) {
    super(`there is no ${keyClass} data key`);
    this.keyClass = keyClass;
  }
}

export interface PiiVaultOptions {
  readonly schema: string;
  /** The key-encryption keys. */
  readonly keyring: Keyring;
  readonly clock?: Clock;
  readonly ids?: IdSource;
  /** Users whose unwrapped keys are remembered; 5,000 unless given. */
  readonly cacheMax?: number;
  /**
   * How long a key may outlive its destruction in the memory of a process that does not hear of it; 30 s unless given, and
   * never more than 60.
   */
  readonly cacheTtlMs?: number;
}

const cacheTtlMaxMs = 60_000;

type UserKeys = Partial<Record<KeyClass, Key>>;

/** The vault of one schema. */
export function createPiiVault(options: PiiVaultOptions): PiiVault {
  return new PiiVault(options);
}

/** Seals and opens personal data under two keys per user and schema (SR-84). */
export class PiiVault {
  readonly #schema: string;
  readonly #keyring: Keyring;
  readonly #clock: Clock;
  readonly #ids: IdSource;
  readonly #cache: LRUCache<string, UserKeys>;
  // Rises when keys are forgotten: what was read before then is not remembered afterwards.
  #age = 0;
  // Keys that only their own transaction may use: it could be rolled back, and what they sealed elsewhere be lost.
  readonly #uncommitted = new WeakMap<EntityManager, Map<string, UserKeys>>();

  constructor({ schema, keyring, clock, ids, cacheMax = 5000, cacheTtlMs = 30_000 }: PiiVaultOptions) {
    this.#schema = schema;
    this.#keyring = keyring;
    this.#clock = clock ?? systemClock;
    this.#ids = ids ?? systemIds;
    this.#cache = new LRUCache({ max: cacheMax, ttl: Math.min(cacheTtlMs, cacheTtlMaxMs) });
  }

  /**
   * From now on forgets what it remembers when keys are destroyed in the schema, by whichever process: they are gone from memory
   * as soon as the destruction is committed. Gives the end of it.
   */
  followDestructions(database: Pick<Database, 'listen'>): Promise<StopListening> {
    return database.listen(destroyedChannel(this.#schema), () => this.#forgetAll());
  }

  /** Makes both keys of a user who has none; else does nothing. @throws DataKeyMissing when one was destroyed */
  async createKeys(em: EntityManager, userId: string): Promise<void> {
    const { keys, wrapped } = this.#generate(userId, randomKeys(keyClasses.length));
    const added = await this.#repository(em).add(wrapped, this.#clock.now());
    if (added.length === wrapped.length) {
      this.#remember(em, userId, keys);
      return;
    }
    const present = await this.#load(em, userId);
    const missing = keyClasses.find((keyClass) => present[keyClass] === undefined);
    if (missing !== undefined) {
      throw new DataKeyMissing(missing);
    }
  }

  /** Makes the keys of many users with one statement, none of whom can have any yet. @throws Error when one has */
  async createKeysOfNew(em: EntityManager, userIds: readonly string[]): Promise<void> {
    const random = randomKeys(userIds.length * keyClasses.length);
    const made = userIds.map((userId, index) => {
      const own = random.slice(index * keyClasses.length, (index + 1) * keyClasses.length);
      return { userId, ...this.#generate(userId, own) };
    });
    const wrapped = made.flatMap((one) => one.wrapped);
    const added = await this.#repository(em).add(wrapped, this.#clock.now());
    if (added.length !== wrapped.length) throw new Error('a new user has data keys already');
    for (const { userId, keys } of made) this.#remember(em, userId, keys);
  }

  /** Seals a group of fields for its place. @throws DataKeyMissing */
  async seal(em: EntityManager, place: SealedPlace, value: JsonObject): Promise<Buffer> {
    const key = await this.#keyOf(em, place);
    return Buffer.from(seal(key, Buffer.from(JSON.stringify(value)), this.#aadOf(place)));
  }

  /** Opens a sealed group. @throws DataKeyMissing, SealBroken when the record belongs to another place */
  async open(em: EntityManager, place: SealedPlace, sealed: Uint8Array): Promise<JsonObject> {
    const key = await this.#keyOf(em, place);
    return JSON.parse(Buffer.from(open(key, sealed, this.#aadOf(place))).toString('utf8')) as JsonObject;
  }

  /** Fetches the keys of many users with one statement, so that none is asked for alone when their records are opened. */
  async loadKeys(em: EntityManager, userIds: readonly string[]): Promise<void> {
    const unknown = userIds.filter((userId) => !this.#cache.has(userId));
    if (unknown.length === 0) return;
    await this.#loadMany(em, unknown);
  }

  /** Seals bytes, such as those of a file, for their place. @throws DataKeyMissing */
  async sealBytes(em: EntityManager, place: SealedPlace, bytes: Uint8Array): Promise<Uint8Array> {
    return seal(await this.#keyOf(em, place), bytes, this.#aadOf(place));
  }

  /** Opens what `sealBytes` sealed. @throws DataKeyMissing, SealBroken when it belongs to another place */
  async openBytes(em: EntityManager, place: SealedPlace, sealed: Uint8Array): Promise<Uint8Array> {
    return open(await this.#keyOf(em, place), sealed, this.#aadOf(place));
  }

  /** Makes everything sealed under a user's key unreadable. Gives the tombstones of what had not been destroyed yet. */
  async destroyKeys(em: EntityManager, userId: string, keyClass: KeyClass): Promise<readonly Tombstone[]> {
    return this.#forget(em, await this.#repository(em).destroy(userId, keyClass, this.#clock.now()));
  }

  /** A user's keys of these bytes, one for each class. */
  #generate(userId: string, random: readonly Uint8Array[]): { keys: UserKeys; wrapped: readonly WrappedKey[] } {
    const keys: UserKeys = {};
    const wrapped = keyClasses.map((keyClass, index) => {
      const place = { id: this.#ids.next(), userId, keyClass };
      const bytes = random[index];
      if (bytes === undefined) throw new Error('there are fewer keys than classes');
      const key = { id: place.id, bytes };
      keys[keyClass] = key;
      return wrapDataKey(this.#keyring, this.#schema, place, key);
    });
    return { keys, wrapped };
  }

  #remember(em: EntityManager, userId: string, keys: UserKeys): void {
    const known = this.#uncommitted.get(em) ?? new Map<string, UserKeys>();
    this.#uncommitted.set(em, known.set(userId, keys));
  }

  async #keyOf(em: EntityManager, { userId, keyClass }: SealedPlace): Promise<Key> {
    const key = (this.#known(em, userId, keyClass) ?? (await this.#load(em, userId)))[keyClass];
    if (key === undefined) {
      throw new DataKeyMissing(keyClass);
    }
    return key;
  }

  /** A user's keys, where the one of that class is among what is remembered. */
  #known(em: EntityManager, userId: string, keyClass: KeyClass): UserKeys | undefined {
    const remembered = [this.#uncommitted.get(em)?.get(userId), this.#cache.get(userId)];
    return remembered.find((keys) => keys?.[keyClass] !== undefined);
  }

  async #load(em: EntityManager, userId: string): Promise<UserKeys> {
    return (await this.#loadMany(em, [userId])).get(userId) ?? {};
  }

  /** Keys of a transaction that is not committed are given and not remembered, and so are those read before keys were forgotten. */
  async #loadMany(em: EntityManager, userIds: readonly string[]): Promise<ReadonlyMap<string, UserKeys>> {
    const age = this.#age;
    const stored = Map.groupBy(await this.#repository(em).ofUsers(userIds), ({ userId }) => userId);
    const loaded = new Map<string, UserKeys>();
    for (const [userId, keys] of stored) {
      const unwrapped = this.#unwrap(userId, keys);
      loaded.set(userId, unwrapped);
      const isCommitted = !keys.some(({ uncommitted }) => uncommitted);
      if (isCommitted && age === this.#age) this.#cache.set(userId, unwrapped);
    }
    return loaded;
  }

  #unwrap(userId: string, stored: readonly StoredKey[]): UserKeys {
    const keys: UserKeys = {};
    for (const { id, keyClass, wrapped } of stored) {
      if (wrapped === null) continue;
      keys[keyClass] = unwrapDataKey(this.#keyring, this.#schema, { id, userId, keyClass }, wrapped);
    }
    return keys;
  }

  #forgetAll(): void {
    this.#age += 1;
    this.#cache.clear();
  }

  #forget(em: EntityManager, tombstones: readonly Tombstone[]): readonly Tombstone[] {
    for (const { userId } of tombstones) {
      this.#cache.delete(userId);
      this.#uncommitted.get(em)?.delete(userId);
    }
    return tombstones;
  }

  #repository(em: EntityManager): DataKeyRepository {
    return new DataKeyRepository(em, this.#schema);
  }

  #aadOf({ table, group, userId, keyClass }: SealedPlace): string {
    return JSON.stringify(['pii', this.#schema, table, group, userId, keyClass]);
  }
}
