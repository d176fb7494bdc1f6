import type { Fault } from '#chaos.ts';
import { clock } from '#faults/clock.ts';
import { consumer } from '#faults/consumer.ts';
import { kill } from '#faults/kill.ts';
import { postgres } from '#faults/postgres.ts';
import { profile } from '#faults/profile.ts';
import { provider } from '#faults/provider.ts';
import { rabbitmq } from '#faults/rabbitmq.ts';
import { redis } from '#faults/redis.ts';
import { rolling } from '#faults/rolling.ts';

/** In the order in which they are let loose. */
export const allFaults: readonly Fault[] = [
  kill,
  profile,
  postgres,
  redis,
  rabbitmq,
  consumer,
  provider,
  clock,
  rolling,
];
