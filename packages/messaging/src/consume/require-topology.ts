import type { Logger } from '@bank/observability';
import type { BrokerAddress } from '#connection/broker-address.ts';
import { createConfirmLink } from '#connection/confirm-link.ts';
import { type Surroundings, surroundingsOf } from '#consume/broker-config.ts';

/**
 * Asks the broker for all that is around these queues. On a connection of its own, which it ends: rascal keeps the one over which it asked in
 * vain, and opens another with its next attempt. @throws Error with the name of what is missing, BrokerUnavailable
 */
export async function requireTopology(
  address: BrokerAddress,
  options: { service: string; queues: readonly string[]; logger: Logger },
): Promise<void> {
  const { service, queues: wanted, logger } = options;
  const { exchanges, queues }: Surroundings = surroundingsOf(wanted);
  const link = createConfirmLink(address, { name: `${service}: topology`, logger });
  try {
    await link.aside(async (channel) => {
      for (const name of exchanges) await channel.checkExchange(name);
      for (const name of queues) await channel.checkQueue(name);
    });
  } finally {
    await link.close();
  }
}
