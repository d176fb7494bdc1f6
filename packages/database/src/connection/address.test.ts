import { Secret } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { readAddress } from '#connection/address.ts';

const read = (url: string) => readAddress({ url: new Secret(url) });

describe('readAddress', () => {
  it('reads what may be escaped', () => {
    expect(read('postgres://us%40er:p%2Fw@[::1]:6543/da%20ta')).toEqual({
      host: '::1',
      port: 6543,
      user: 'us@er',
      password: 'p/w',
      database: 'da ta',
      ssl: false,
    });
  });

  it.each(['mysql://a@b/c', 'localhost:5432', ''])('refuses %j without repeating it', (url) => {
    expect(() => read(url)).toThrow('the database address must be postgres://user:password@host:port/database');
  });

  it('refuses parameters, which could switch verification off', () => {
    expect(() => read('postgres://a:b@c/d?sslmode=disable')).toThrow('must not carry parameters');
  });
});
