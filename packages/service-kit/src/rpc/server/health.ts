import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@bank/domain';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '@bank/proto/health';
import type { ServiceImpl } from '@connectrpc/connect';

const watchEveryMs = 1000;

export interface HealthOptions {
  /** Full names of the services on this port. */
  readonly services: readonly string[];
  isReady(): Promise<boolean>;
}

/** `grpc.health.v1.Health`: the empty name and every service of this port share one state, that of readiness. */
export function createHealth({ isReady, services }: HealthOptions): ServiceImpl<typeof Health> {
  const known = new Set(['', Health.typeName, ...services]);
  const stateOf = async (service: string): Promise<ServingStatus> => {
    if (!known.has(service)) {
      return ServingStatus.SERVICE_UNKNOWN;
    }
    return (await isReady()) ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  };
  return {
    async check({ service }) {
      const status = await stateOf(service);
      if (status === ServingStatus.SERVICE_UNKNOWN) {
        throw new DomainError('request.unknown_route');
      }
      return { status };
    },
    async *watch({ service }, { signal }) {
      let told: ServingStatus | undefined;
      while (!signal.aborted) {
        const status = await stateOf(service);
        if (status !== told) {
          told = status;
          yield { status };
        }
        await pause(watchEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    },
  };
}
