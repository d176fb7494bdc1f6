import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

/** Finds the client behind the proxies that are ours. */
export interface ClientAddresses {
  /** The client's address in canonical form, given who is connected and what `X-Forwarded-For` said. */
  of(peer: string, forwardedFor: string | undefined): string;
}

const hopsMax = 20;
const rememberedMax = 10_000;
const groupBits = 16;
const subscriberBits = 64;
const siteBits = 48;
/** How many subscribers of one site may use up their limits at once, unless a limit says another number. */
const usualSiteTimes = 16;

/**
 * Reads `X-Forwarded-For` from the right and only as far as the hops are trusted proxies: everything left of the first
 * stranger was written by that stranger (SR-17). Other headers that claim an address are never looked at.
 * @throws RangeError when a network is not CIDR notation
 */
export function createClientAddresses(trustedProxies: readonly string[]): ClientAddresses {
  const trusted: readonly Network[] = trustedProxies.map(readNetwork);
  const remembered = new Map<string, string>();
  return {
    of(peer, forwardedFor) {
      const key = forwardedFor === undefined ? peer : `${peer} ${forwardedFor}`;
      const known = remembered.get(key);
      if (known !== undefined) {
        return known;
      }
      const address = resolve(trusted, peer, forwardedFor);
      // Emptied rather than trimmed: a full cache means addresses that do not come back.
      if (remembered.size >= rememberedMax) {
        remembered.clear();
      }
      remembered.set(key, address);
      return address;
    },
  };
}

function readNetwork(notation: string): Network {
  const slash = notation.indexOf('/');
  const address = ipaddr.process(slash === -1 ? notation : notation.slice(0, slash));
  const whole = address.kind() === 'ipv4' ? 32 : 128;
  const bits = slash === -1 ? whole : Number(notation.slice(slash + 1));
  if (!Number.isInteger(bits) || bits < 0 || bits > whole) {
    throw new RangeError('not a network');
  }
  return [address, bits];
}

function resolve(trusted: readonly Network[], peer: string, forwardedFor: string | undefined): string {
  let nearest = readAddress(peer);
  if (nearest === undefined) {
    return 'unknown';
  }
  const hops = forwardedFor?.split(',').slice(-hopsMax) ?? [];
  while (hops.length > 0 && isTrusted(trusted, nearest)) {
    const next = readAddress(hops.pop()?.trim() ?? '');
    if (next === undefined) {
      break;
    }
    nearest = next;
  }
  return nearest.toString();
}

function isTrusted(trusted: readonly Network[], address: Address): boolean {
  return trusted.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits));
}

function readAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/** What a limit by address counts together, and how many times the limit it has. */
export interface AddressGroup {
  readonly name: string;
  readonly times: number;
}

/**
 * What a limit by address counts: an IPv4 address, or of IPv6 the /64 that one subscriber has alone and the /48 that one
 * site gets (RFC 6177). Of the latter somebody has 65,536 of the former, so that all of them together have `siteTimes` the
 * limit and no more, sixteen times unless said (SR-17, SR-18). The narrowest comes first.
 */
export function addressGroups(
  address: string,
  siteTimes: number = usualSiteTimes,
): readonly [AddressGroup, ...AddressGroup[]] {
  if (!ipaddr.isValid(address)) {
    return [{ name: 'unknown', times: 1 }];
  }
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6) {
    return [
      { name: networkOf(parsed, subscriberBits), times: 1 },
      { name: networkOf(parsed, siteBits), times: siteTimes },
    ];
  }
  return [{ name: parsed.toString(), times: 1 }];
}

function networkOf({ parts }: ipaddr.IPv6, bits: number): string {
  const prefix = parts.slice(0, bits / groupBits).map((group) => group.toString(16));
  return `${prefix.join(':')}::/${bits}`;
}
