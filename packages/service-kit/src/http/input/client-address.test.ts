import { describe, expect, it } from 'vitest';
import { addressGroups, createClientAddresses } from '#http/input/client-address.ts';

describe('SR-17 client address', () => {
  const addresses = createClientAddresses(['10.0.0.0/8', '2001:db8:1::/48', '127.0.0.1']);

  it.each([
    ['a stranger is believed nothing', '203.0.113.9', '1.1.1.1', '203.0.113.9'],
    ['a proxy is believed its nearest hop', '10.0.0.1', '198.51.100.7', '198.51.100.7'],
    ['what the client wrote itself does not count', '10.0.0.1', '6.6.6.6, 198.51.100.7', '198.51.100.7'],
    ['trusted hops are passed over', '10.0.0.1', '6.6.6.6, 198.51.100.7, 10.0.0.2, 10.9.9.9', '198.51.100.7'],
    ['a whole chain of proxies ends at its left', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['rubbish ends the chain at the proxy', '10.0.0.1', '198.51.100.7, unknown', '10.0.0.1'],
    ['an IPv4 peer in IPv6 clothes is IPv4', '::ffff:10.0.0.1', '::ffff:198.51.100.7', '198.51.100.7'],
    ['IPv6 proxies count', '2001:db8:1::5', '2001:DB8:9:0::1', '2001:db8:9::1'],
    ['an empty header is no header', '10.0.0.1', '', '10.0.0.1'],
    ['no peer, no address', '', '198.51.100.7', 'unknown'],
  ])('%s', (_name, peer, forwardedFor, expected) => {
    expect(addresses.of(peer, forwardedFor)).toBe(expected);
    expect(addresses.of(peer, forwardedFor)).toBe(expected);
  });

  it('trusts nobody unless told', () => {
    expect(createClientAddresses([]).of('127.0.0.1', '1.1.1.1')).toBe('127.0.0.1');
  });

  it('refuses what is no network', () => {
    expect(() => createClientAddresses(['10.0.0.0/33'])).toThrow(RangeError);
    expect(() => createClientAddresses(['home'])).toThrow();
  });
});

describe('SR-17, SR-18 what limits by address count', () => {
  it.each([
    ['198.51.100.7', ['198.51.100.7']],
    ['::ffff:198.51.100.7', ['198.51.100.7']],
    ['2001:db8:1:2:3:4:5:6', ['2001:db8:1:2::/64', '2001:db8:1::/48']],
    ['2001:db8:1:2::', ['2001:db8:1:2::/64', '2001:db8:1::/48']],
    ['unknown', ['unknown']],
  ])('%s counts as %s', (address, groups) => {
    expect(addressGroups(address).map(({ name }) => name)).toEqual(groups);
    expect(addressGroups(address).map(({ times }) => times)).toEqual([1, 16].slice(0, groups.length));
  });
});
