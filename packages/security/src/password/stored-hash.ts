import { DomainError } from '@bank/domain';
import { type ForeignHashProblem, problemOfRecipe, readForeignHash } from '#foreign/foreign-hash.ts';
import { type ForeignRecipe, readRecipe, writeRecipe } from '#foreign/recipe.ts';

/** Argon2id costs (RFC 9106 §3.1). */
export interface Argon2Parameters {
  readonly memoryKib: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** A hash as it is stored: `<pepper key id>:<PHC string>`, with the recipe of an imported one and a bar before the latter. */
export interface StoredHash {
  readonly keyId: string;
  /** Of a hash that was imported. */
  readonly recipe: ForeignRecipe | undefined;
  readonly phc: string;
  readonly parameters: Argon2Parameters;
}

const storedPattern =
  /^([A-Za-z0-9_-]{1,32}):(?:([A-Za-z0-9$=,+/-]{8,256})\|)?(\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,3})\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,})$/;

/** Reads a hash that is stored. @throws service.internal for anything else */
export function readStoredHash(text: string): StoredHash {
  const stored = parseStoredHash(text);
  if (stored === undefined)
    throw new DomainError('service.internal', { reason: 'a stored password hash is malformed' });
  return stored;
}

/** The same of a text that may be anything; undefined for what has not the form. */
export function parseStoredHash(text: string): StoredHash | undefined {
  const [, keyId, foreign, phc, memoryKib, iterations, parallelism] = storedPattern.exec(text) ?? [];
  const recipe = foreign === undefined ? undefined : readRecipe(foreign);
  if (keyId === undefined || phc === undefined || (foreign !== undefined && recipe === undefined)) return undefined;
  const parameters = {
    memoryKib: Number(memoryKib),
    iterations: Number(iterations),
    parallelism: Number(parallelism),
  };
  return { keyId, recipe, phc, parameters };
}

/**
 * What is wrong with a hash of that form that somebody brought, undefined for one that can be verified at a sign-in. Costs that are
 * `usual` here cost no more than anybody's.
 */
export function problemOfStoredHash(text: string, usual: Argon2Parameters): ForeignHashProblem | undefined {
  const stored = parseStoredHash(text);
  if (stored === undefined) return 'hash_format';
  const { keyId, recipe, phc, parameters } = stored;
  if (text !== `${keyId}:${recipe === undefined ? '' : `${writeRecipe(recipe)}|`}${phc}`) return 'hash_format';
  const hash = readForeignHash(phc);
  if (hash === 'hash_format' || (hash === 'hash_cost' && !sameCosts(parameters, usual))) return hash;
  return recipe && problemOfRecipe(recipe);
}

/** Whether two hashes cost the same. */
export function sameCosts(a: Argon2Parameters, b: Argon2Parameters): boolean {
  return a.memoryKib === b.memoryKib && a.iterations === b.iterations && a.parallelism === b.parallelism;
}
