import { describe, expect, it } from 'vitest';
import { parseEnv, readEnvFile } from '#stack/settings/env-file.ts';

const read = (text: string) => Object.fromEntries(parseEnv(text, '.env'));

describe('parseEnv', () => {
  it('reads names and values, without comments, quotes and spaces around them', () => {
    const text = [
      '# a comment',
      '',
      'PLAIN=a value # with a comment',
      'export EXPORTED = yes',
      `DOUBLE="with # inside"`,
      `SINGLE='it is' # quoted`,
      'ADDRESS=postgres://user:pass#word@host/db?x=1',
      'EMPTY=',
    ].join('\r\n');
    expect(read(text)).toEqual({
      PLAIN: 'a value',
      EXPORTED: 'yes',
      DOUBLE: 'with # inside',
      SINGLE: 'it is',
      ADDRESS: 'postgres://user:pass#word@host/db?x=1',
      EMPTY: '',
    });
  });

  it('names the line that is not an assignment', () => {
    expect(() => read('A=1\nnonsense')).toThrow('.env, line 2: expected NAME=value');
  });

  it('refuses a name that is given twice, instead of picking one', () => {
    expect(() => read('A=1\nA=2')).toThrow('.env, line 2: A is given twice');
  });
});

it('takes a missing file for an empty one', () => {
  expect(readEnvFile('/nonexistent/.env').size).toBe(0);
});
