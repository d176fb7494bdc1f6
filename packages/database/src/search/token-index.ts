import { blindIndex, type Keyring } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { rolesOf } from '#migrations/roles.ts';
import { runStatement } from '#transaction/repository.ts';

export interface TokenIndexOptions {
  readonly schema: string;
  /** A table made by `tokenIndexTableSql`. */
  readonly table: string;
  readonly keyring: Keyring;
  /** How many owners of a term one page looks at; 500 unless given. */
  readonly scanMax?: number;
}

/** Owners who have every one of the terms. */
export interface TokenSearch {
  /** At least one. */
  readonly terms: readonly string[];
  /** The owner after whom to go on. */
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface TokenPage {
  /** The latest first: in the falling order of their ids. */
  readonly owners: readonly string[];
  /** Where to go on. There may be a next page after one that is short, or empty: a page looks at so many owners and no more. */
  readonly next: string | undefined;
}

/**
 * Finds owners by terms that are stored as keyed digests alone. While two keys are live every write stores a term under both and every
 * search asks for both. What a search reads is bounded, however many have a term: it goes through the owners of the rarest one, in
 * the order of their ids, and looks the others up.
 */
export interface TokenIndex {
  /** Makes the owner findable by these terms, under every live key, and by no others. */
  replace(em: EntityManager, ownerId: string, terms: readonly string[]): Promise<void>;
  page(em: EntityManager, search: TokenSearch): Promise<TokenPage>;
  /** How many terms are stored under a key, counted up to `most`. */
  countUnder(em: EntityManager, keyId: string, most: number): Promise<number>;
  /** Forgets up to `limit` terms under a key that is not the current one. @throws Error when it is */
  forgetUnder(em: EntityManager, keyId: string, limit: number): Promise<number>;
}

/** Half of an HMAC-SHA-256 (RFC 2104 §5): two terms meet by chance once in 2^64 of them, and an index of millions is half as large. */
const tokenBytes = 16;
const scanMaxDefault = 500;
const lastUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The table of a token index. */
export function tokenIndexTableSql(schema: string, table: string): string[] {
  const s = identifier(schema);
  const t = identifier(table);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.${t} (
  key_id text not null,
  token bytea not null,
  owner_id uuid not null,
  constraint ${t}_pkey primary key (key_id, token, owner_id)
)`,
    `create index ${t}_owner_id_index on ${s}.${t} (owner_id)`,
    `revoke all on ${s}.${t} from ${app}`,
    `grant select, insert, delete on ${s}.${t} to ${app}`,
  ];
}

/** A term as it is stored: one token a live key. */
interface Token {
  readonly keyId: string;
  readonly token: Uint8Array;
}

type Term = readonly Token[];

/** The token index over one table. */
export function createTokenIndex(options: TokenIndexOptions): TokenIndex {
  const { schema, table, keyring, scanMax = scanMaxDefault } = options;
  const name = `${identifier(schema)}.${identifier(table)}`;
  const termOf = (value: string): Term =>
    blindIndex(keyring, name, value).map(({ keyId, digest }) => ({ keyId, token: digest.subarray(0, tokenBytes) }));

  return {
    async replace(em, ownerId, terms) {
      const tokens = [...new Set(terms)].flatMap(termOf);
      const listed = [tokens.map(({ keyId }) => keyId), tokens.map(({ token }) => token)];
      await runStatement(
        em,
        `delete from ${name} where owner_id = ? and (key_id, token) not in (select * from unnest(?::text[], ?::bytea[]))`,
        [ownerId, ...listed],
      );
      await runStatement(
        em,
        `insert into ${name} (key_id, token, owner_id)
         select key_id, token, ?::uuid from unnest(?::text[], ?::bytea[]) as v (key_id, token) order by key_id, token
         on conflict do nothing`,
        [ownerId, ...listed],
      );
    },

    async page(em, { terms, before = lastUuid, limit }) {
      const wanted = [...new Set(terms)].map(termOf);
      const rarest = wanted.length === 1 ? wanted[0] : await rarestOf(em, name, wanted, scanMax);
      if (rarest === undefined) return { owners: [], next: undefined };
      const others = wanted.filter((term) => term !== rarest);
      const scan = others.length === 0 ? limit + 1 : scanMax;
      const found = await scanOwners(em, name, { rarest, others, before, scan, hits: limit + 1 });
      if (found.hits.length > limit) return { owners: found.hits.slice(0, limit), next: found.hits[limit - 1] };
      return { owners: found.hits, next: found.scanned < scan ? undefined : (found.last ?? undefined) };
    },

    async countUnder(em, keyId, most) {
      const sql = `select count(*)::int as count from (select 1 from ${name} where key_id = ? limit ?) as held`;
      const { rows } = await runStatement(em, sql, [keyId, most]);
      return (rows[0] as { count: number }).count;
    },

    async forgetUnder(em, keyId, limit) {
      if (keyId === keyring.current().id) throw new Error(`key ${keyId} of ${name} is the current one`);
      const sql = `delete from ${name} where ctid = any(array(select ctid from ${name} where key_id = ? limit ?))`;
      return (await runStatement(em, sql, [keyId, limit])).affected;
    },
  };
}

/** The term with the fewest owners, counted up to what a page looks at; none when one of them has no owner at all. */
async function rarestOf(
  em: EntityManager,
  name: string,
  terms: readonly Term[],
  scanMax: number,
): Promise<Term | undefined> {
  const tokens = terms.flatMap((term, index) => term.map((token) => ({ index, ...token })));
  const { rows } = await runStatement(
    em,
    `select w.term from unnest(?::int[], ?::text[], ?::bytea[]) as w (term, key_id, token)
       cross join lateral (select 1 from ${name} t where t.key_id = w.key_id and t.token = w.token limit ?) as held
      group by w.term order by count(*), w.term`,
    [tokens.map(({ index }) => index), tokens.map(({ keyId }) => keyId), tokens.map(({ token }) => token), scanMax + 1],
  );
  if (rows.length < terms.length) return undefined;
  return terms[(rows[0] as { term: number }).term];
}

interface Scan {
  readonly rarest: Term;
  readonly others: readonly Term[];
  readonly before: string;
  /** How many owners of the rarest term to look at, and how many hits are enough. */
  readonly scan: number;
  readonly hits: number;
}

interface Scanned {
  readonly hits: readonly string[];
  readonly scanned: number;
  readonly last: string | null;
}

/** Each part has its own limit, so that no plan reads more of the index than that, whatever the statistics say. */
async function scanOwners(em: EntityManager, name: string, search: Scan): Promise<Scanned> {
  const { rarest, others, before, scan, hits } = search;
  const owners = rarest.map(
    () =>
      `(select owner_id from ${name} where key_id = ? and token = ? and owner_id < ?::uuid order by owner_id desc limit ?)`,
  );
  const probes = others.map((term, index) => {
    const held = term.map(() => `select 1 from ${name} where key_id = ? and token = ? and owner_id = s.owner_id`);
    return ` cross join lateral (select 1 from (${held.join(' union all ')}) as held limit 1) as o${index}`;
  });
  const { rows } = await runStatement(
    em,
    `with scanned as materialized (
       select owner_id from (${owners.join(' union ')}) as owners order by owner_id desc limit ?),
     hits as materialized (select s.owner_id from scanned s${probes.join('')} order by s.owner_id desc limit ?)
     select array(select owner_id::text from hits order by owner_id desc) as hits,
            (select count(*)::int from scanned) as scanned,
            (select owner_id::text from scanned order by owner_id limit 1) as last`,
    [
      ...rarest.flatMap(({ keyId, token }) => [keyId, token, before, scan]),
      scan,
      ...others.flatMap((term) => term.flatMap(({ keyId, token }) => [keyId, token])),
      hits,
    ],
  );
  return rows[0] as Scanned;
}
