import { bcryptBase64 } from '#foreign/bcrypt-base64.ts';
import type { ForeignRecipe, Pbkdf2Hash } from '#foreign/recipe.ts';

/** A hash that another system made. */
export interface ForeignHash {
  readonly recipe: ForeignRecipe;
  /** What `deriveForeignHash` yields for the right password. */
  readonly digest: Buffer;
}

/** `hash_format`: of no kind that is known, or broken. `hash_cost`: verifying it would take too long at a sign-in. */
export type ForeignHashProblem = 'hash_format' | 'hash_cost';

/** What Firebase's console shows as the hash parameters of a project. */
export interface FirebaseParameters {
  readonly signerKey: Buffer;
  readonly saltSeparator: Buffer;
  readonly rounds: number;
  readonly memoryCost: number;
}

/** A third of a second or less of one core, and 128 MiB: what a first sign-in may cost beside our own hash. */
const costsMax = {
  bcrypt: 12,
  scryptBlocks: 2 ** 20,
  pbkdf2Iterations: 1_300_000,
  argon2Kib: 65_536,
  argon2KibPasses: 262_144,
} as const;
const lengthMin = 16;
const lengthMax = 64;
const pbkdf2Hashes: ReadonlySet<string> = new Set<Pbkdf2Hash>(['sha1', 'sha256', 'sha512']);

type Parsed = ForeignHash | undefined;
type Reader = (text: string, firebase: FirebaseParameters | undefined) => Parsed;

/**
 * Reads a hash of another system: bcrypt (`$2a$`, `$2b$`, `$2y$`), Argon2id, scrypt and PBKDF2 as PHC strings (with
 * passlib's alphabet too), PBKDF2 as Django writes it, and `$firebase-scrypt$<salt>$<hash>` with the parameters of its
 * project, whose signer key is taken out of the hash here and is needed no more.
 */
export function readForeignHash(text: string, firebase?: FirebaseParameters): ForeignHash | ForeignHashProblem {
  const found = readers.map((read) => read(text, firebase)).find((parsed) => parsed !== undefined);
  if (found === undefined || !isOfLength(found.digest.length)) return 'hash_format';
  return problemOfRecipe(found.recipe) ?? found;
}

/** What is wrong with a recipe, wherever it was read; undefined for one that can be followed at a sign-in. */
export function problemOfRecipe(recipe: ForeignRecipe): ForeignHashProblem | undefined {
  if (!isPossible(recipe)) return 'hash_format';
  return isWithinCostLimits(recipe) ? undefined : 'hash_cost';
}

const readers: readonly Reader[] = [readBcrypt, readArgon2id, readScrypt, readPbkdf2, readDjango, readFirebase];

function readBcrypt(text: string): Parsed {
  const [, cost, salt, digest] = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/.exec(text) ?? [];
  if (cost === undefined || salt === undefined || digest === undefined) return undefined;
  const recipe = { kind: 'bcrypt', cost: Number(cost), salt: bcryptBase64.decode(salt) } as const;
  return { recipe, digest: bcryptBase64.decode(digest) };
}

function readArgon2id(text: string): Parsed {
  const pattern = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;
  const [, m, t, p, encodedSalt, encoded] = pattern.exec(text) ?? [];
  if (encodedSalt === undefined || encoded === undefined) return undefined;
  const [salt, digest] = [base64(encodedSalt), base64(encoded)];
  const costs = { memoryKib: Number(m), iterations: Number(t), parallelism: Number(p) };
  return { recipe: { kind: 'argon2id', ...costs, length: digest.length, salt }, digest };
}

function readScrypt(text: string): Parsed {
  const pattern = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)$/;
  const [, logN, r, p, encodedSalt, encoded] = pattern.exec(text) ?? [];
  if (encodedSalt === undefined || encoded === undefined) return undefined;
  const [salt, digest] = [base64(encodedSalt), base64(encoded)];
  const costs = { logN: Number(logN), r: Number(r), p: Number(p) };
  return { recipe: { kind: 'scrypt', ...costs, length: digest.length, salt }, digest };
}

function readPbkdf2(text: string): Parsed {
  const pattern =
    /^\$pbkdf2(?:-(sha1|sha256|sha512))?\$(?:i=)?(\d{1,9})(?:,l=\d{1,3})?\$([A-Za-z0-9+/.]+)\$([A-Za-z0-9+/.]+)$/;
  const [, hash = 'sha1', iterations, encodedSalt, encoded] = pattern.exec(text) ?? [];
  if (encodedSalt === undefined || encoded === undefined) return undefined;
  return pbkdf2Of({ hash, iterations, salt: base64(encodedSalt), digest: base64(encoded) });
}

function readDjango(text: string): Parsed {
  const [, hash = '', iterations, salt, encoded] =
    /^pbkdf2_(sha1|sha256)\$(\d{1,9})\$([^$]{1,128})\$([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  if (salt === undefined || encoded === undefined) return undefined;
  return pbkdf2Of({ hash, iterations, salt: Buffer.from(salt), digest: base64(encoded) });
}

function pbkdf2Of(given: { hash: string; iterations: string | undefined; salt: Buffer; digest: Buffer }): Parsed {
  const { salt, digest } = given;
  const iterations = Number(given.iterations);
  return {
    recipe: { kind: 'pbkdf2', hash: given.hash as Pbkdf2Hash, iterations, length: digest.length, salt },
    digest,
  };
}

function readFirebase(text: string, firebase: FirebaseParameters | undefined): Parsed {
  const [, encodedSalt, encoded] =
    /^\$firebase-scrypt\$([A-Za-z0-9+/_-]+={0,2})\$([A-Za-z0-9+/_-]+={0,2})$/.exec(text) ?? [];
  if (firebase === undefined || encodedSalt === undefined || encoded === undefined) return undefined;
  const { signerKey, saltSeparator, rounds: r, memoryCost: logN } = firebase;
  const encrypted = base64(encoded);
  if (encrypted.length !== signerKey.length) return undefined;
  const digest = Buffer.from(encrypted.map((byte, index) => byte ^ (signerKey[index] ?? 0)));
  const salt = Buffer.concat([base64(encodedSalt), saltSeparator]);
  return { recipe: { kind: 'firebase-scrypt', logN, r, p: 1, length: digest.length, salt }, digest };
}

const isOfLength = (length: number) => length >= lengthMin && length <= lengthMax;

function isPossible(recipe: ForeignRecipe): boolean {
  if (recipe.kind === 'bcrypt') return recipe.cost >= 4 && recipe.salt.length === 16;
  if (!isOfLength(recipe.length)) return false;
  switch (recipe.kind) {
    case 'scrypt':
    case 'firebase-scrypt':
      return recipe.logN > 0 && recipe.r > 0 && recipe.p > 0;
    case 'pbkdf2':
      return pbkdf2Hashes.has(recipe.hash) && recipe.iterations > 0;
    case 'argon2id': {
      const { salt, memoryKib, iterations, parallelism } = recipe;
      return salt.length >= 8 && iterations > 0 && parallelism > 0 && memoryKib >= 8 * parallelism;
    }
  }
}

function isWithinCostLimits(recipe: ForeignRecipe): boolean {
  switch (recipe.kind) {
    case 'bcrypt':
      return recipe.cost <= costsMax.bcrypt;
    case 'scrypt':
    case 'firebase-scrypt':
      return 2 ** recipe.logN * recipe.r * recipe.p <= costsMax.scryptBlocks;
    case 'pbkdf2':
      return recipe.iterations <= costsMax.pbkdf2Iterations;
    case 'argon2id':
      return recipe.memoryKib <= costsMax.argon2Kib && recipe.memoryKib * recipe.iterations <= costsMax.argon2KibPasses;
  }
}

/** Both alphabets, and passlib's dot for a plus. */
function base64(text: string): Buffer {
  return Buffer.from(text.replaceAll('.', '+'), 'base64');
}
