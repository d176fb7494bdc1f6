import { expect, test } from 'vitest';
import { clientNetwork } from '#context/client-network.ts';

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.77', '203.0.113.0/24'],
  ['2001:db8:1234:5678::1', '2001:db8:1234::/48'],
  ['2001:0DB8::1', '2001:db8:0::/48'],
  ['::1', '0:0:0::/48'],
  ['fe80::1%eth0', 'fe80:0:0::/48'],
  ['1:2:3:4:5:6:7:8', '1:2:3::/48'],
  ['ada@bank.example', 'unknown'],
  ['', 'unknown'],
])('%s is told as %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});
