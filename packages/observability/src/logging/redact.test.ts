import { Secret } from '@bank/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactFields } from '#logging/redact.ts';

describe('SR-85: what a log line may hold', () => {
  test('known names of the right shape pass', () => {
    const fields = { userId: '0198c0de', route: '/v1/devices/:id', status: 200, cached: true, at: new Date(0) };
    expect(redactFields(fields)).toEqual({ ...fields, at: '1970-01-01T00:00:00.000Z' });
  });

  test('what our code calls its own parts may be in words', () => {
    const fields = { job: 'revocation publisher', actor: 'system:partition upkeep' };
    expect(redactFields(fields)).toEqual(fields);
  });

  test('an unknown name keeps its place and loses its value', () => {
    expect(redactFields({ password: 'hunter2', body: { email: 'ada@bank.example' } })).toEqual({
      password: '[redacted]',
      body: '[redacted]',
    });
  });

  test('a name that may be data itself is dropped', () => {
    expect(redactFields({ 'ada@bank.example': 1, '482913': 2, details: { hunter: 3, count: 4 } })).toEqual({
      details: { count: 4 },
    });
  });

  test.each([
    ['userId', 'ada@bank.example'],
    ['status', '482913'],
    ['cached', 'hunter2'],
    ['at', 'yesterday, said Ada'],
    ['subject', { email: 'ada@bank.example' }],
    ['code', 'two words'],
    ['job', 'mail to ada@bank.example'],
    ['userId', 'x'.repeat(201)],
  ])('a value of another shape under %s is not printed', (name, value) => {
    expect(JSON.stringify(redactFields({ [name]: value }))).not.toMatch(/ada|482913|hunter|Ada|two words|xxx/);
  });

  test('instances of classes are never walked', () => {
    const entity = Object.assign(new (class User {})(), { count: 1 });
    const fields = { details: entity, userId: new Secret('hunter2'), limits: Buffer.from('hunter2') };
    expect(redactFields(fields)).toEqual({ details: '[redacted]', userId: '[redacted]', limits: '[redacted]' });
  });

  test('lists are short and groups are shallow', () => {
    expect(redactFields({ keyId: Array.from({ length: 50 }, () => 'k1') })['keyId']).toHaveLength(20);
    const deep = { details: { details: { details: { details: { count: 1 } } } } };
    expect(redactFields(deep)).toEqual({ details: { details: { details: { details: '[redacted]' } } } });
  });

  test('a canary planted anywhere never comes out', () => {
    const canary = 'canary@bank.example';
    const key = fc.oneof(fc.constantFrom('userId', 'reason', 'details', 'errors', 'err', 'status', 'at'), fc.string());
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constant(canary),
        fc.dictionary(key, tie('node')),
        fc.array(tie('node')),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(key, tree), (fields) => {
        expect(JSON.stringify(redactFields(fields))).not.toContain('canary');
      }),
    );
  });
});
