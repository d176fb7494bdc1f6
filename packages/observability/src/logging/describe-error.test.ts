import { DomainError } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { describeError } from '#logging/describe-error.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('SR-85: what is told about an error', () => {
  test('a driver error tells where, never what', () => {
    const error = Object.assign(new Error("insert into users values ('ada@bank.example')"), {
      code: '23505',
      table: 'users',
      constraint: 'users_email_key',
      detail: 'Key (email)=(ada@bank.example) already exists.',
      query: "insert into users values ('ada@bank.example')",
      parameters: ['ada@bank.example'],
    });
    const told = describeError(error);
    expect(told).toMatchObject({ type: 'Error', code: '23505', table: 'users', constraint: 'users_email_key' });
    expect(JSON.stringify(told)).not.toMatch(/ada|insert/);
    expect(told.stack).toMatch(/^at .*describe-error\.test\.ts/);
  });

  test('a parser error does not quote its input', () => {
    const told = describeError(thrownBy(() => JSON.parse('{"password": hunter2}')));
    expect(told.type).toBe('SyntaxError');
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test('a message of many lines that looks like a stack stays out', () => {
    const told = describeError(new Error('x\n    at hunter2 (secret)\n    hunter2'));
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test('the reason of a domain error is told, masked', () => {
    const error = new DomainError('auth.token.invalid', {
      reason: 'kid of ada@bank.example',
      cause: new TypeError('x'),
    });
    expect(describeError(error)).toMatchObject({
      type: 'DomainError',
      code: 'auth.token.invalid',
      kind: 'unauthenticated',
      reason: 'kid of [redacted]',
      cause: { type: 'TypeError' },
    });
  });

  test('network errors, Redis replies and aggregates keep their codes', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect', port: 5432 });
    const told = describeError(new AggregateError([refused], 'all failed'));
    expect(told.errors?.[0]).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', port: 5432 });
    const reply = Object.assign(new Error('NOAUTH Authentication required.'), { name: 'ReplyError' });
    expect(describeError(reply).code).toBe('NOAUTH');
  });

  test('a circle of causes ends, and what is not an error is told by its type alone', () => {
    const error = new Error('a');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).match(/"cause"/g)).toHaveLength(5);
    expect(describeError('hunter2')).toEqual({ type: 'string' });
  });
});
