import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '#config.ts';
import { messagesTo, register, registration, steppedUp } from './support/accounts.ts';
import { basics, startAuth } from './support/auth.ts';
import { mx, startDns } from './support/dns.ts';
import { changeEmail } from './support/emails.ts';
import { type Answer, post } from './support/http.ts';

const names = {
  'mail.example': [mx('mail.example', 'mx.mail.example')],
  'address-only.example': [{ type: 'A', name: 'address-only.example', ttl: 60, data: '192.0.2.1' }],
  'six-only.example': [{ type: 'AAAA', name: 'six-only.example', ttl: 60, data: '2001:db8::1' }],
  'no-mail.example': [mx('no-mail.example', '.')],
  'nothing.example': [],
  'silent.example': 'silent',
  'broken.example': 'broken',
} as const;
const dns = await startDns(names);
const budgetMs = 2000;
const auth = await startAuth({
  env: {
    REFUSE_DISPOSABLE_EMAILS: '1',
    CHECK_EMAIL_DOMAINS: '1',
    EMAIL_DOMAIN_BUDGET_MS: String(budgetMs),
    DNS_SERVERS: dns.address,
  },
});
/** The same without them. */
const plain = await startAuth();
afterAll(() => dns.close());

const at = (domain: string) => `u${randomBytes(8).toString('hex')}@${domain}`;
const start = (email: string): Promise<Answer> => post(auth, '/v1/auth/register', registration(email));
const refusedFor = ({ status, body }: Answer) => [status, body.code, body.errors];

describe('the domain of a registration', () => {
  it.each(['mail.example', 'address-only.example', 'six-only.example'])(
    '202 for %s, which takes mail',
    async (domain) => {
      expect((await start(at(domain))).status).toBe(202);
    },
  );

  it.each([
    ['no-mail.example', 'says that it takes none'],
    ['nothing.example', 'has no exchanger and no address'],
    ['nowhere.example', 'is not there'],
  ])('422 for %s, which %s', async (domain) => {
    const problem = { path: 'email', rule: 'undeliverable' };
    expect(refusedFor(await start(at(domain)))).toEqual([422, 'auth.email.unacceptable', [problem]]);
  });

  it.each(['mailinator.com', 'MAILINATOR.COM.', 'box.mailinator.com', 'yopmail.com'])(
    '422 for %s, which gives addresses out for a while, without asking the DNS or hashing',
    async (domain) => {
      const hashed = auth.ctx.hasher.stats().completed;
      const problem = { path: 'email', rule: 'disposable' };
      expect(refusedFor(await start(at(domain)))).toEqual([422, 'auth.email.unacceptable', [problem]]);
      expect(auth.ctx.hasher.stats().completed).toBe(hashed);
      expect(dns.asked('mailinator.com')).toBe(0);
    },
  );

  it.each(['silent.example', 'broken.example'])(
    '202 for %s: a DNS that fails speaks against nobody',
    async (domain) => {
      const startedAt = performance.now();
      expect((await start(at(domain))).status).toBe(202);
      expect(performance.now() - startedAt).toBeLessThan(budgetMs + 1000);
    },
  );

  it('asks the DNS once for many who come at once, and for those after them', async () => {
    const before = dns.asked('mail.example');
    const answers = await Promise.all(Array.from({ length: 20 }, () => start(at('mail.example'))));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect([before, dns.asked('mail.example')]).toEqual([1, 1]);
  });

  it('SR-15 202 for an address that somebody has, whose owner hears of it', async () => {
    const owner = await register(auth, at('mail.example'));
    expect((await start(owner.email)).status).toBe(202);
    expect(await messagesTo(auth, owner.id)).toHaveLength(1);
  });

  it('counts what came of it', async () => {
    const text = await auth.ctx.metrics.text();
    for (const outcome of ['accepted', 'disposable', 'undeliverable']) {
      expect(text).toMatch(new RegExp(`registration_domains_total\\{outcome="${outcome}",service="auth"\\} [1-9]`));
    }
  });
});

describe('the domain of another address', () => {
  it.each([
    ['mailinator.com', 'disposable'],
    ['nothing.example', 'undeliverable'],
  ])('422 for %s', async (domain, rule) => {
    const token = await steppedUp(auth, (await register(auth, at('mail.example'))).accessToken);
    const answer = await changeEmail(auth, token, at(domain));
    expect(refusedFor(answer)).toEqual([422, 'auth.email.unacceptable', [{ path: 'email', rule }]]);
  });

  it('SR-15 202 for one that takes mail, whether or not somebody has the address', async () => {
    const token = await steppedUp(auth, (await register(auth, at('mail.example'))).accessToken);
    const taken = await register(auth, at('mail.example'));
    for (const email of [taken.email, at('mail.example')]) {
      expect((await changeEmail(auth, token, email)).status).toBe(202);
    }
  });
});

describe('without these policies', () => {
  it('202 for any domain', async () => {
    const answer = await post(plain, '/v1/auth/register', registration(at('mailinator.com')));
    expect(answer.status).toBe(202);
  });

  it.each([
    ['CHECK_EMAIL_DOMAINS', 'yes'],
    ['EMAIL_DOMAIN_BUDGET_MS', '1'],
    ['DNS_SERVERS', 'dns.example'],
    ['DNS_SERVERS', '10.0.0.53/24'],
  ])('%s=%s is refused at the start', (name, value) => {
    expect(() => loadConfig({ ...basics, [name]: value })).toThrow(new RegExp(name));
  });
});
