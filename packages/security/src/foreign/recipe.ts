import { argon2, createCipheriv, pbkdf2, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { bcryptBase64 } from '#foreign/bcrypt-base64.ts';

/** How another system makes a hash of a password: everything but the hash itself. */
export type ForeignRecipe =
  | { readonly kind: 'bcrypt'; readonly cost: number; readonly salt: Buffer }
  | ({ readonly kind: 'scrypt'; readonly length: number } & ScryptCosts)
  | {
      readonly kind: 'pbkdf2';
      readonly hash: Pbkdf2Hash;
      readonly iterations: number;
      readonly length: number;
      readonly salt: Buffer;
    }
  | ({ readonly kind: 'firebase-scrypt'; readonly length: number } & ScryptCosts)
  | {
      readonly kind: 'argon2id';
      readonly memoryKib: number;
      readonly iterations: number;
      readonly parallelism: number;
      readonly length: number;
      readonly salt: Buffer;
    };

interface ScryptCosts {
  /** The binary logarithm of N. */
  readonly logN: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Buffer;
}

export type Pbkdf2Hash = 'sha1' | 'sha256' | 'sha512';

const scryptAsync = promisify<string, Buffer, number, object, Buffer>(scrypt);
const pbkdf2Async = promisify(pbkdf2);
const argon2Async = promisify(argon2);
const scryptMemoryMax = 256 * 1024 * 1024;

/**
 * What the other system would have kept for a password: typed exactly so, as it knew no normal form. Runs on libuv's pool.
 */
export async function deriveForeignHash(recipe: ForeignRecipe, password: string): Promise<Buffer> {
  switch (recipe.kind) {
    case 'bcrypt':
      return bcryptBase64.decode((await bcrypt(password, recipe.cost, recipe.salt)).slice(-31));
    case 'scrypt':
      return await runScrypt(recipe, password, recipe.length);
    case 'pbkdf2':
      return await pbkdf2Async(password, recipe.salt, recipe.iterations, recipe.length, recipe.hash);
    case 'firebase-scrypt':
      return keyStream(await runScrypt(recipe, password, 32), recipe.length);
    case 'argon2id': {
      const { memoryKib: memory, iterations: passes, parallelism, length: tagLength, salt: nonce } = recipe;
      return await argon2Async('argon2id', { message: password, nonce, memory, passes, parallelism, tagLength });
    }
  }
}

function runScrypt({ logN, r, p, salt }: ScryptCosts, password: string, length: number): Promise<Buffer> {
  return scryptAsync(password, salt, length, { N: 2 ** logN, r, p, maxmem: scryptMemoryMax });
}

/** What AES-256-CTR adds to the key of the project, by which the hash and that key give each other away. */
function keyStream(key: Buffer, length: number): Buffer {
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return Buffer.concat([cipher.update(Buffer.alloc(length)), cipher.final()]);
}

/**
 * A recipe as it stands in a stored hash: `$kind$parameters$salt`. The salt in base64, whatever the other system had.
 */
export function writeRecipe(recipe: ForeignRecipe): string {
  return `$${recipe.kind}$${parametersOf(recipe)}$${recipe.salt.toString('base64').replaceAll('=', '')}`;
}

function parametersOf(recipe: ForeignRecipe): string {
  switch (recipe.kind) {
    case 'bcrypt':
      return `c=${recipe.cost}`;
    case 'scrypt':
    case 'firebase-scrypt':
      return `ln=${recipe.logN},r=${recipe.r},p=${recipe.p},l=${recipe.length}`;
    case 'pbkdf2':
      return `h=${recipe.hash},i=${recipe.iterations},l=${recipe.length}`;
    case 'argon2id':
      return `m=${recipe.memoryKib},t=${recipe.iterations},p=${recipe.parallelism},l=${recipe.length}`;
  }
}

/** Reads what `writeRecipe` wrote; undefined for anything else. */
export function readRecipe(text: string): ForeignRecipe | undefined {
  const [, kind = '', parameters = '', encoded = '', ...rest] = text.split('$');
  const given = new Map(parameters.split(',').map((part) => part.split('=', 2) as [string, string]));
  const number = (name: string) => Number(given.get(name));
  const salt = Buffer.from(encoded, 'base64');
  const length = number('l');
  if (rest.length > 0) return undefined;
  switch (kind) {
    case 'bcrypt':
      return { kind, cost: number('c'), salt };
    case 'scrypt':
    case 'firebase-scrypt':
      return { kind, logN: number('ln'), r: number('r'), p: number('p'), length, salt };
    case 'pbkdf2':
      return { kind, hash: given.get('h') as Pbkdf2Hash, iterations: number('i'), length, salt };
    case 'argon2id':
      return { kind, memoryKib: number('m'), iterations: number('t'), parallelism: number('p'), length, salt };
    default:
      return undefined;
  }
}
