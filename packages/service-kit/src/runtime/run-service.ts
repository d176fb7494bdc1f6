import { DomainError } from '@bank/domain';
import { ConfigError } from '#config/config-error.ts';
import { PortError } from '#runtime/ports.ts';
import type { Service } from '#runtime/service.ts';
import { settleHeap } from '#runtime/settle-heap.ts';

const stopMaxMs = 25_000;

/**
 * The whole of an app's `main.ts`: starts the service, stops it at SIGTERM or SIGINT with exit code 0 within 25 s, and
 * ends the process with 1 when it cannot start or when an error was caught by nobody. What is wrong at the start is told
 * in one line each. A second signal ends at once.
 */
export async function runService(create: () => Promise<Service>): Promise<void> {
  let service: Service | undefined;
  let isEnding = false;

  const end = async (exitCode: number) => {
    if (isEnding) {
      process.exit(exitCode === 0 ? 130 : exitCode);
    }
    isEnding = true;
    setTimeout(() => process.exit(1), stopMaxMs).unref();
    await service?.stop();
    process.exit(exitCode);
  };
  const fail = (error: unknown) => {
    if (service === undefined)
      tellProblems(error); // its log does not exist yet
    else service.reportFatal(error);
    void end(1);
  };
  process.on('SIGTERM', () => void end(0));
  process.on('SIGINT', () => void end(0));
  process.on('unhandledRejection', fail);
  process.on('uncaughtException', fail);

  try {
    service = await create();
    settleHeap();
    await service.start();
  } catch (error) {
    tellProblems(error);
    process.exit(1);
  }
}

function tellProblems(error: unknown): void {
  for (const line of startProblems(error)) {
    process.stderr.write(`${line}\n`);
  }
}

/** What a person at a terminal needs to know, without stack and without credentials. */
function startProblems(error: unknown): readonly string[] {
  if (error instanceof ConfigError) {
    return error.problems.map((problem) => `configuration: ${problem}`);
  }
  if (error instanceof PortError) {
    return [error.message];
  }
  if (error instanceof DomainError) {
    return [`cannot start: ${error.message}`];
  }
  const message = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : 'an unknown error';
  return [`cannot start: ${message.replace(/\b([a-z][a-z+.-]*:\/\/)[^\s/@]*@/gi, '$1')}`];
}
