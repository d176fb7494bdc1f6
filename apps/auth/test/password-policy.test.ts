import { truncateSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { freshEmail, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { breachedFile, operatorCallers, passwordPaths } from './support/password-paths.ts';

const breached = 'violet tractor umbrella';
const auth = await startAuth({
  callers: operatorCallers,
  env: {
    BRAND: 'Meridian',
    PASSWORD_CONTEXT_WORDS: 'goldcard, Sparschwein',
    BREACHED_PASSWORDS_FILE: breachedFile([breached, 'caf\u00e9 caf\u00e9 caf\u00e9']),
  },
});

const own = () => `grace.hopper.${freshEmail().replace('mail.example', 'quicksilver.example')}`;

describe.each(passwordPaths)('a password that is chosen to $name', ({ choose, field, accepted }) => {
  it.each([
    ['SR-1 twelve characters', 'qzvhtmekwpxj'],
    ['SR-1 twelve that take two code units each', '🔑'.repeat(12)],
    ['SR-2 sixty-four', 'qzvhtmekwpxjycol'.repeat(4)],
    ['SR-2 two hundred and fifty-six', `${'qzvhtmekwpxjycold'.repeat(15)}u`],
    ['SR-4 twenty small letters', 'qzvhtmekwpxjycoldubn'],
    ['SR-5 a breached one with a letter more', `${breached}s`],
  ])('%s: accepted', async (_, chosen) => {
    expect((await choose(auth, chosen)).status).toBe(accepted);
  });

  it.each([
    ['SR-1 eleven characters', 'qzvhtmekwpx', 'too_short'],
    ['SR-1 eleven that take two code units each', '🔑'.repeat(11), 'too_short'],
    ['SR-1 twelve that are eleven in their normal form', 'qzvhtmekwpe\u0301', 'too_short'],
    ['SR-2 two hundred and fifty-seven', `${'qzvhtmekwpxjycold'.repeat(15)}ub`, 'too_long'],
    ['SR-2 ten kilobytes', 'x'.repeat(10_240), 'too_long'],
    ['SR-5 a common one', 'Sunshine@2024!', 'listed'],
    ['SR-5 a breached one', breached, 'breached'],
    ['SR-5 a breached one, typed in another form', 'cafe\u0301 cafe\u0301 cafe\u0301', 'breached'],
    ['SR-6 the bank', 'm3r1d1an-forever', 'context_word'],
    ['SR-6 a product', 'my gold card of 1999', 'context_word'],
    ['SR-6 their own name', 'hopper of the navy', 'context_word'],
    ['SR-6 where their mail is', 'quicksilver mountain', 'context_word'],
  ])('%s: 422 with the rule, and nothing is hashed', async (_, chosen, rule) => {
    const before = auth.ctx.hasher.stats().completed;
    const { status, body } = await choose(auth, chosen, own());
    expect([status, body.code]).toEqual([422, 'auth.password.unacceptable']);
    expect(body.errors).toEqual([{ path: field, rule }]);
    expect(JSON.stringify(body)).not.toContain(chosen.slice(0, 40));
    // A registration before it has hashed the first password.
    expect(auth.ctx.hasher.stats().completed - before).toBeLessThanOrEqual(1);
  });
});

describe('SR-6 a registration', () => {
  it("422 for the person's own number", async () => {
    const changes = { phone: '+4915112345678', password: '0151 1234 5678 x' };
    const { body } = await post(auth, '/v1/auth/register', registration(freshEmail(), changes));
    expect(body.errors).toEqual([{ path: 'password', rule: 'context_word' }]);
  });
});

describe('SR-2 a password of ten kilobytes', () => {
  it('is refused within 50 ms', async () => {
    const [register] = passwordPaths;
    await register?.choose(auth, 'x'.repeat(10_240));
    const times = [];
    for (let tries = 0; tries < 5; tries += 1) {
      const startedAt = performance.now();
      await register?.choose(auth, 'x'.repeat(10_240));
      times.push(performance.now() - startedAt);
    }
    expect(Math.min(...times)).toBeLessThan(50);
  });
});

describe('SR-5 the filter of breached passwords', () => {
  it('auth does not start with one that is damaged, and names it', async () => {
    const file = breachedFile(['one two three four']);
    truncateSync(file, 90);
    await expect(startAuth({ idle: true, env: { BREACHED_PASSWORDS_FILE: file } })).rejects.toThrow(
      `the filter of breached passwords ${file} is damaged`,
    );
  });
});
