import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixedClock, losers, raceOf, sequentialIds, testCertificates, until, winners } from '#index.ts';

describe('fixedClock', () => {
  it('moves only when told', () => {
    const clock = fixedClock('2026-03-01T10:00:00Z');
    clock.advance(1500);
    expect(clock.now().toISOString()).toBe('2026-03-01T10:00:01.500Z');
    clock.set('2020-01-01T00:00:00Z');
    expect(clock.now().getUTCFullYear()).toBe(2020);
  });
});

describe('sequentialIds', () => {
  it('gives ordered UUIDv7 ids of the instant', () => {
    const ids = sequentialIds('2026-03-01T10:00:00Z');
    const [first, second] = [ids.next(), ids.next()];
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(first.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-03-01T10:00:00Z'));
    expect(second > first).toBe(true);
  });
});

describe('until', () => {
  it('returns the first truthy answer, past errors', async () => {
    let tries = 0;
    const answer = await until(() => {
      tries += 1;
      if (tries < 3) {
        throw new Error('not yet');
      }
      return tries;
    });
    expect(answer).toBe(3);
  });

  it('fails at the deadline, saying what and why', async () => {
    const never = () => Promise.reject(new Error('the reason'));
    const waiting = until(never, { deadlineMs: 30, everyMs: 5, what: 'the mail' });
    await expect(waiting).rejects.toMatchObject({
      message: 'the mail did not come true within 30 ms',
      cause: { message: 'the reason' },
    });
  });
});

describe('raceOf', () => {
  it('starts nobody before all stand at the barrier, and keeps every outcome', async () => {
    const order: string[] = [];
    const outcomes = await raceOf(3, async (number) => {
      order.push(`start ${number}`);
      await Promise.resolve();
      order.push(`end ${number}`);
      return number === 1 ? Promise.reject(new Error('lost')) : number;
    });
    expect(order.slice(0, 3)).toEqual(['start 0', 'start 1', 'start 2']);
    expect(winners(outcomes)).toEqual([0, 2]);
    expect(losers(outcomes)).toEqual([new Error('lost')]);
  });
});

describe('testCertificates', () => {
  it('issues leaves that their own CA signed and no other did', async () => {
    const [authority, stranger] = [await testCertificates(), await testCertificates()];
    const leaf = await authority.issue({ name: 'auth', uris: ['spiffe://bank/app/auth'] });
    const certificate = new X509Certificate(leaf.cert);
    expect(certificate.subjectAltName).toBe('URI:spiffe://bank/app/auth, DNS:localhost, IP Address:127.0.0.1');
    expect(certificate.verify(new X509Certificate(authority.ca).publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(stranger.ca).publicKey)).toBe(false);
    expect(readFileSync(leaf.certFile, 'utf8')).toBe(leaf.cert);
  });
});
