import type { Logger } from '@bank/observability';
import { withinTime } from '#runtime/failure.ts';

/** Something the service stands on. */
export interface Dependency {
  /** The service answers requests without it too: its state is told, and it makes nothing unready. */
  readonly optional?: boolean;
  /** Rejects when it is away. */
  ping(): Promise<void>;
}

export interface DependencyState {
  readonly status: 'up' | 'down';
  readonly durationMs: number;
}

export interface ReadinessReport {
  readonly status: 'ready' | 'not_ready' | 'draining';
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

export interface Readiness {
  /** The state of every dependency, at most a second old. */
  report(): Promise<ReadinessReport>;
}

const pingTimeoutMs = 1000;
const freshMs = 1000;

/** Asks all dependencies at once, and again only when the last answer is older than a second, however many probes come. */
export function createReadiness(options: {
  readonly dependencies: Readonly<Record<string, Dependency>>;
  readonly isDraining: () => boolean;
  readonly logger: Logger;
}): Readiness {
  const needed = Object.keys(options.dependencies).filter((name) => options.dependencies[name]?.optional !== true);
  const down = new Set<string>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let answer: Promise<Readonly<Record<string, DependencyState>>> | undefined;

  const ask = async () => {
    const states = Object.entries(options.dependencies).map(async ([name, dependency]) => {
      return [name, await stateOf(dependency, (error) => noteDown(name, error))] as const;
    });
    const known = Object.fromEntries(await Promise.all(states));
    for (const name of down) {
      if (known[name]?.status === 'up') {
        down.delete(name);
        options.logger.info({ dependency: name }, 'dependency is back');
      }
    }
    return known;
  };
  const noteDown = (name: string, error: unknown) => {
    if (!down.has(name)) {
      down.add(name);
      options.logger.warn({ dependency: name, err: error }, 'dependency is down');
    }
  };

  return {
    async report() {
      const now = performance.now();
      if (answer === undefined || now - askedAt > freshMs) {
        askedAt = now;
        answer = ask();
      }
      const dependencies = await answer;
      const isReady = needed.every((name) => dependencies[name]?.status === 'up');
      return { status: options.isDraining() ? 'draining' : isReady ? 'ready' : 'not_ready', dependencies };
    },
  };
}

async function stateOf(dependency: Dependency, onError: (error: unknown) => void): Promise<DependencyState> {
  const startedAt = performance.now();
  let status: DependencyState['status'] = 'up';
  try {
    await withinTime(
      Promise.resolve().then(() => dependency.ping()),
      pingTimeoutMs,
    );
  } catch (error) {
    status = 'down';
    onError(error);
  }
  return { status, durationMs: Math.round(performance.now() - startedAt) };
}
