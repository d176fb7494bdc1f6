import { isIP } from 'node:net';

const mappedIpv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The network of a client address: an IPv4 /24 or an IPv6 /48, enough to see where abuse comes from without keeping
 * who it was. `unknown` for anything that is not an address.
 */
export function clientNetwork(address: string): string {
  const bare = mappedIpv4.exec(address)?.[1] ?? address;
  const family = isIP(bare);
  if (family === 4) return `${bare.slice(0, bare.lastIndexOf('.'))}.0/24`;
  if (family === 6) return `${ipv6Prefix(bare)}::/48`;
  return 'unknown';
}

function ipv6Prefix(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::');
  const groups = head === '' ? [] : head.split(':');
  // "::" stands for as many zero groups as are missing; only the first three groups matter.
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  return groups
    .slice(0, 3)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
