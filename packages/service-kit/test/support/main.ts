import * as v from 'valibot';
import { envPort, readConfig, runService } from '#index.ts';
import { testService } from './service.ts';

const Config = v.object({ HTTP_PORT: envPort, MODE: v.optional(v.string(), '') });

/** A service as a process of its own; `MODE` says what goes wrong. Its log goes to standard output. */
await runService(async () => {
  const config = readConfig(Config, process.env);
  if (config.MODE === 'fails-to-connect') {
    throw new Error('password authentication failed at postgres://user:hunter2@db/bank');
  }
  if (config.MODE === 'rejects-before') {
    void Promise.reject(new Error('nobody catches this at postgres://user:hunter2@db/bank'));
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
  return testService({
    context: null,
    httpPort: config.HTTP_PORT,
    log: process.stdout,
    workers: [worker(config.MODE)],
    close: async () => void process.stdout.write('{"msg":"closed"}\n'),
  });
});

function worker(mode: string) {
  return {
    async start() {
      if (mode === 'worker-fails') {
        throw new Error('no broker');
      }
      if (mode === 'rejects') {
        setTimeout(() => void Promise.reject(new Error('nobody catches this')), 20);
      }
    },
    async stop() {
      process.stdout.write('{"msg":"worker stopped"}\n');
      if (mode === 'hangs') {
        await new Promise(() => undefined);
      }
    },
  };
}
