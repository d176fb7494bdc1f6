import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type FirebaseParameters, type ForeignHash, readForeignHash } from '#foreign/foreign-hash.ts';
import { deriveForeignHash, readRecipe, writeRecipe } from '#foreign/recipe.ts';
import { staticKeyring } from '#keys/keyring.ts';
import { createPasswordHasher } from '#password/password-hasher.ts';

const pepper = staticKeyring('pepper', { k1: randomBytes(32) }, 'k1');
const parameters = { memoryKib: 64, iterations: 1, parallelism: 1 };
const hasher = createPasswordHasher({ pepper, parameters });

const hexBase64 = (hex: string) => Buffer.from(hex, 'hex').toString('base64').replaceAll('=', '');

/** The parameters and the account of the README of github.com/firebase/scrypt. */
const firebase: FirebaseParameters = {
  signerKey: Buffer.from(
    'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
    'base64',
  ),
  saltSeparator: Buffer.from('Bw==', 'base64'),
  rounds: 8,
  memoryCost: 14,
};
const firebaseHash =
  '$firebase-scrypt$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==';

const rfc7914 =
  'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640';

/** Published: of crypt_blowfish, jBCrypt, RFC 7914 §12, RFC 6070, the Argon2 reference, Django's and passlib's documentation. */
const vectors: [name: string, hash: string, password: string][] = [
  ['bcrypt of crypt_blowfish', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  ['bcrypt of crypt_blowfish, $2y$', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK', 'U*U*'],
  ['bcrypt of jBCrypt', '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i', 'abc'],
  [
    'scrypt of RFC 7914',
    `$scrypt$ln=10,r=8,p=16$${hexBase64(Buffer.from('NaCl').toString('hex'))}$${hexBase64(rfc7914)}`,
    'password',
  ],
  [
    'PBKDF2-SHA-1 of RFC 6070',
    `$pbkdf2$4096$${hexBase64(Buffer.from('salt').toString('hex'))}$${hexBase64('4b007901b765489abead49d926f721d065a429c1')}`,
    'password',
  ],
  [
    'PBKDF2-SHA-256 of passlib',
    '$pbkdf2-sha256$6400$.6UI/S.nXIk8jcbdHx3Fhg$98jZicV16ODfEsEZeYPGHU3kbrUrvUEXOPimVSQDD44',
    'password',
  ],
  [
    'Argon2id of the reference',
    '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
    'password',
  ],
  ['Firebase', firebaseHash, 'user1password'],
];

function read(text: string): ForeignHash {
  const parsed = readForeignHash(text, firebase);
  if (typeof parsed === 'string') throw new Error(`${text} is refused: ${parsed}`);
  return parsed;
}

describe('a hash of another system', () => {
  test.each(vectors)('%s is made by its recipe', async (_, hash, password) => {
    const { recipe, digest } = read(hash);
    expect((await deriveForeignHash(recipe, password)).toString('hex')).toBe(digest.toString('hex'));
  });

  test.each(vectors)(
    '%s, wrapped, takes its password alone, and asks for a hash of our own',
    async (_, hash, password) => {
      const stored = await hasher.wrap(read(hash));
      expect(stored).toMatch(/^k1:\$[^|]+\|\$argon2id\$v=19\$m=64,t=1,p=1\$/);
      expect(await hasher.verify(stored, password)).toEqual({ valid: true, stale: true });
      expect(await hasher.verify(stored, `${password}x`)).toMatchObject({ valid: false });
    },
  );

  test.each(vectors)('%s: nothing of the hash itself is in what is stored', async (_, hash) => {
    const { digest } = read(hash);
    const stored = await hasher.wrap(read(hash));
    expect(stored).not.toContain(hash.split('$').at(-1)?.slice(0, 20));
    for (const form of ['hex', 'base64'] as const) expect(stored).not.toContain(digest.toString(form).slice(0, 20));
  });

  test.each(vectors)('%s: its recipe is read as it was written', (_, hash) => {
    const { recipe } = read(hash);
    expect(readRecipe(writeRecipe(recipe))).toEqual(recipe);
  });

  test('Django, PBKDF2-SHA-512 and a salt in UTF-8', async () => {
    const digest = pbkdf2Sync('ünïcode pässword', 'sàlt', 1000, 32, 'sha256').toString('base64');
    const stored = await hasher.wrap(read(`pbkdf2_sha256$1000$sàlt$${digest}`));
    expect(await hasher.verify(stored, 'ünïcode pässword')).toMatchObject({ valid: true });
    const long = pbkdf2Sync('password', 'salt', 1000, 64, 'sha512').toString('base64').replaceAll('=', '');
    const other = await hasher.wrap(read(`$pbkdf2-sha512$i=1000,l=64$c2FsdA$${long}`));
    expect(await hasher.verify(other, 'password')).toMatchObject({ valid: true });
  });

  test('is verified as typed: the other system knew no normal form', async () => {
    const digest = pbkdf2Sync('cafe\u0301', 'salt', 10, 32, 'sha256').toString('base64');
    const stored = await hasher.wrap(read(`pbkdf2_sha256$10$salt$${digest}`));
    expect(await hasher.verify(stored, 'cafe\u0301')).toMatchObject({ valid: true });
    expect(await hasher.verify(stored, 'caf\u00e9')).toMatchObject({ valid: false });
  });

  test.each([
    ['nothing', '', 'hash_format'],
    ['a word', 'password', 'hash_format'],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99', 'hash_format'],
    ['a bcrypt that is cut', '$2b$10$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO', 'hash_format'],
    ['the broken bcrypt', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'hash_format'],
    ['a bcrypt of cost 13', '$2b$13$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'hash_cost'],
    ['a scrypt of 1 GiB', `$scrypt$ln=20,r=8,p=1$c2FsdHNhbHQ$${hexBase64(rfc7914)}`, 'hash_cost'],
    ['ten million rounds', `$pbkdf2-sha256$10000000$c2FsdA$${hexBase64(rfc7914)}`, 'hash_cost'],
    ['an Argon2id of 1 GiB', `$argon2id$v=19$m=1048576,t=1,p=1$c29tZXNhbHQ$${hexBase64(rfc7914)}`, 'hash_cost'],
    ['Argon2i', `$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$${hexBase64(rfc7914)}`, 'hash_format'],
    ['a digest of eight bytes', '$pbkdf2-sha256$1000$c2FsdA$AAAAAAAAAAA', 'hash_format'],
    ['a recipe of our own form', `k1:$bcrypt$c=4$AAAA|$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA`, 'hash_format'],
  ])('%s is refused', (_, hash, problem) => {
    expect(readForeignHash(hash, firebase)).toBe(problem);
  });

  test('Firebase needs the parameters of the project', () => {
    expect(readForeignHash(firebaseHash)).toBe('hash_format');
    expect(readForeignHash(firebaseHash, { ...firebase, signerKey: Buffer.alloc(32) })).toBe('hash_format');
  });
});

describe('a hash of our own that is brought back', () => {
  const bcrypt = '$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK';
  const costly = { memoryKib: 131_072, iterations: 2, parallelism: 1 };
  const phc = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';

  test('is stored as it is, imported ones too, where the pepper is the same', async () => {
    const elsewhere = createPasswordHasher({ pepper, parameters });
    for (const stored of [await hasher.hash('correct horse'), ...(await Promise.all(vectors.map(wrapped)))]) {
      expect(elsewhere.adopt(stored)).toEqual({ stored });
    }
  });

  test('is refused where its pepper key is not there', async () => {
    const other = createPasswordHasher({ pepper: staticKeyring('pepper', { k2: randomBytes(32) }, 'k2'), parameters });
    expect(other.adopt(await hasher.hash('correct horse'))).toEqual({ problem: 'hash_key' });
  });

  test('costs no more than a hash of another system may, or one that is made here', async () => {
    const stored = `k1:${phc.replace('m=64,t=1', 'm=131072,t=2')}`;
    expect(hasher.adopt(stored)).toEqual({ problem: 'hash_cost' });
    expect(createPasswordHasher({ pepper, parameters: costly }).adopt(stored)).toEqual({ stored });
    expect(hasher.adopt(`k1:$bcrypt$c=13$AAAAAAAAAAAAAAAAAAAAAA|${phc}`)).toEqual({ problem: 'hash_cost' });
  });

  test.each([
    ['no memory', phc.replace('m=64', 'm=0')],
    ['a salt of no length', phc.replace('c29tZXNhbHQ', 'AAAAAAAAAAA+/+/+/=')],
    ['a bcrypt of no cost', `$bcrypt$c=x$AAAAAAAAAAAAAAAAAAAAAA|${phc}`],
    ['a bcrypt of a short salt', `$bcrypt$c=5$AAAA|${phc}`],
    ['a PBKDF2 of an unknown hash', `$pbkdf2$h=md5,i=10,l=32$AAAA|${phc}`],
    ['a PBKDF2 of no length', `$pbkdf2$h=sha1,i=10,l=0$AAAA|${phc}`],
    ['rounds in another notation', `$pbkdf2$h=sha1,i=1e3,l=32$AAAA|${phc}`],
    ['a scrypt of negative costs', `$scrypt$ln=-1,r=8,p=1,l=32$AAAA|${phc}`],
    ['more parameters than there are', `$bcrypt$c=5,d=6$AAAAAAAAAAAAAAAAAAAAAA|${phc}`],
  ])('is refused with %s', (_, rest) => {
    const adopted = hasher.adopt(`k1:${rest}`) ?? { problem: readForeignHash(`k1:${rest}`) };
    expect(adopted).toEqual({ problem: 'hash_format' });
  });

  test('is told from a hash of another system', () => {
    expect([hasher.adopt(bcrypt), hasher.adopt(phc), hasher.adopt('')]).toEqual([undefined, undefined, undefined]);
  });

  function wrapped([, hash]: (typeof vectors)[number]): Promise<string> {
    return hasher.wrap(read(hash));
  }
});

describe('SR-15: the least time of a verification', () => {
  test('is that of a decoy, of a hash of our own and of an imported one alike', async () => {
    const verifyMinMs = 150;
    const steady = createPasswordHasher({ pepper, parameters, verifyMinMs });
    const own = await steady.hash('correct horse');
    const imported = await steady.wrap(read('$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'));
    const ways = [() => steady.decoy('x'), () => steady.verify(own, 'x'), () => steady.verify(imported, 'x')];
    const times = await Promise.all(
      ways.map(async (way) => {
        const startedAt = performance.now();
        await way();
        return performance.now() - startedAt;
      }),
    );
    for (const time of times) expect(time).toBeGreaterThanOrEqual(verifyMinMs - 2);
  });
});

describe('SR-9: a wrap', () => {
  test('leaves the queue to others: no more than run at once ever wait in it', async () => {
    const small = createPasswordHasher({ pepper, parameters, concurrency: 2, queueMax: 4 });
    const foreign = read('$2y$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK');
    const wraps = Promise.all(Array.from({ length: 200 }, () => small.wrap(foreign)));
    const signIns = Array.from({ length: 4 }, () => small.decoy('x'));
    await expect(Promise.all(signIns)).resolves.toHaveLength(4);
    await wraps;
    expect(small.stats()).toMatchObject({ rejected: 0, completed: 204 });
  });
});
