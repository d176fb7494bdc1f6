import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@bank/domain';

const triesMax = 8;
const pauseMs = 500;

/** A command over many users may wait: an app that starts again, or is busy with people, is asked again. @throws DomainError */
export async function callPatiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      const isPassing =
        error instanceof DomainError && error.code.startsWith('service.') && error.code !== 'service.internal';
      if (!isPassing || tries === triesMax) throw error;
      await pause(pauseMs * tries);
    }
  }
}
