import { expect, test } from 'vitest';
import { coolDownLeft } from './policies.ts';

const provenAt = new Date('2026-03-01T00:00:00Z');
const later = (seconds: number) => new Date(provenAt.getTime() + seconds * 1000);

test('SR-28 a number stays for a day after it was proven', () => {
  const left = [0, 1, 86_399.5, 86_400, 90_000].map((seconds) => coolDownLeft(provenAt, later(seconds)));
  expect(left).toEqual([86_400, 86_399, 1, 0, 0]);
});

test('a number that was never proven can be changed at once', () => {
  expect(coolDownLeft(null, provenAt)).toBe(0);
});
