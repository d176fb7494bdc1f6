import { staticKeyring } from '@bank/security';
import { fixedClock } from '@bank/testing';
import { expect, test } from 'vitest';
import { createLinkSigner } from './link-signer.ts';

const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

test('a link holds for what it was signed for, and until then', () => {
  const clock = fixedClock(new Date('2026-12-05T10:00:00Z'));
  const signer = createLinkSigner(staticKeyring('links', { k1: one }, 'k1'), clock);
  const proof = signer.sign(['GET', 'file-1'], new Date('2026-12-05T10:05:00Z'));
  expect(signer.holds(['GET', 'file-1'], proof)).toBe(true);
  expect(signer.holds(['PUT', 'file-1'], proof)).toBe(false);
  expect(signer.holds(['GET', 'file-2'], proof)).toBe(false);
  expect(signer.holds(['GET', 'file-1'], { ...proof, expires: String(Number(proof.expires) + 1) })).toBe(false);
  expect(signer.holds(['GET', 'file-1'], { ...proof, signature: `${proof.signature}=` })).toBe(false);
  clock.advance(300_000);
  expect(signer.holds(['GET', 'file-1'], proof)).toBe(false);
});

test('a link outlives the rotation of its key, and not its retirement', () => {
  const clock = fixedClock();
  const later = new Date(clock.now().getTime() + 60_000);
  const proof = createLinkSigner(staticKeyring('links', { k1: one }, 'k1'), clock).sign(['a'], later);
  const rotated = createLinkSigner(staticKeyring('links', { k1: one, k2: two }, 'k2'), clock);
  expect(rotated.holds(['a'], proof)).toBe(true);
  const retired = createLinkSigner(staticKeyring('links', { k2: two }, 'k2'), clock);
  expect(retired.holds(['a'], proof)).toBe(false);
});
