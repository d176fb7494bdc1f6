import { describe, expect, it } from 'vitest';
import { uriOf } from '#rpc/server/peer.ts';

describe('uriOf', () => {
  it.each([
    ['URI:spiffe://bank/app/auth, DNS:localhost, IP Address:127.0.0.1', 'spiffe://bank/app/auth'],
    ['DNS:localhost, URI:spiffe://bank/app/auth', 'spiffe://bank/app/auth'],
    ['DNS:localhost', undefined],
    ['URI:spiffe://bank/app/auth, URI:spiffe://bank/app/admin', undefined],
    ['DNS:"a, URI:spiffe://bank/app/admin, b"', undefined],
    ['URI:"spiffe://bank/app/auth, URI:spiffe://bank/app/admin"', undefined],
    ['DNS:URI:spiffe://bank/app/admin', undefined],
    [undefined, undefined],
  ])('%s names %s', (subjectAltName, uri) => {
    expect(uriOf(subjectAltName)).toBe(uri);
  });
});
