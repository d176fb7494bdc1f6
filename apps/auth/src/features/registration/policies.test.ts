import { describe, expect, it } from 'vitest';
import { countingDay, mailsOfNetwork, proofKindFor } from './policies.ts';

describe('proofKindFor', () => {
  it('sends codes until twenty wrong ones were tried, then links', () => {
    expect([0, 19, 20, 21].map(proofKindFor)).toEqual(['code', 'code', 'link', 'link']);
  });
});

describe('countingDay', () => {
  it('changes at midnight UTC', () => {
    expect(countingDay(new Date('2026-03-01T23:59:59.999Z'))).toBe('2026-03-01');
    expect(countingDay(new Date('2026-03-02T00:00:00.000Z'))).toBe('2026-03-02');
  });
});

describe('mailsOfNetwork', () => {
  it('is three of an hour, and leaves one at least to all other networks', () => {
    expect([1000, 10, 4, 3, 2].map(mailsOfNetwork)).toEqual([3, 3, 3, 2, 1]);
  });
});
