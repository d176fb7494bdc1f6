import { DomainError } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { endsConnection, translateFailure } from '#connection/failures.ts';

const withCode = (code: string) => Object.assign(new Error('driver words'), { code });

describe('translateFailure', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    '08006',
    '57P01',
    '57P03',
    '53300',
    '40P01',
    '55P03',
    '57014',
    '25006',
    '53100',
    '53200',
    '58030',
  ])('makes %s service.unavailable', (code) => {
    const translated = translateFailure(withCode(code));
    expect(translated).toBeInstanceOf(DomainError);
    expect(translated).toMatchObject({ code: 'service.unavailable', cause: { code } });
  });

  it.each([
    ['40P01', true],
    ['55P03', true],
    ['57014', false],
    ['08006', false],
    ['ECONNREFUSED', false],
  ])('says of %s whether it is of one piece of work: %s', (code, isContended) => {
    expect(translateFailure(withCode(code))).toMatchObject({ isContended });
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'There was an error establishing an SSL connection',
    'Client has encountered a connection error and is not queryable',
  ])('makes "%s" service.unavailable', (message) => {
    expect(translateFailure(new Error(message))).toMatchObject({ code: 'service.unavailable' });
  });

  it.each([
    withCode('23505'),
    withCode('42501'),
    new Error('ours'),
    new DomainError('access.forbidden'),
    'text',
    undefined,
  ])('leaves %s as it is', (error) => {
    expect(translateFailure(error)).toBe(error);
  });
});

describe('endsConnection', () => {
  const said = (code: string, severity: string) => Object.assign(withCode(code), { severity });

  it.each([
    said('57P01', 'FATAL'),
    said('57P01', 'FATALE'),
    said('XX000', 'PANIC'),
    said('08P01', 'FATAL'),
    withCode('EPIPE'),
    new Error('Connection terminated unexpectedly'),
  ])('is so of %s', (error) => {
    expect(endsConnection(error)).toBe(true);
  });

  it.each([
    said('23505', 'ERROR'),
    said('57014', 'ERROR'),
    said('40P01', 'ERROR'),
    new TypeError('circular'),
    undefined,
  ])('is not of %s', (error) => {
    expect(endsConnection(error)).toBe(false);
  });
});
