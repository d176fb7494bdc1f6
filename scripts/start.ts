// `npm start`: everything from nothing to a running stack, until Ctrl-C.
import { setTimeout as delay } from 'node:timers/promises';
import { describeFailure } from '#stack/host/stack-error.ts';
import { type Caretaker, runInForeground } from '#stack/run/foreground.ts';

const RESTART_MS = 1_000;

/** Starts apps that end by themselves again; anything else that ends is the end of the stack. */
const restartApps: Caretaker = ({ apps, onUnexpectedExit }, report) =>
  new Promise((resolve) => {
    const replicas = Object.values(apps).flatMap((app) => app.replicas);
    onUnexpectedExit(async ({ name }, { code, signal }) => {
      const cause = `${name} ended unexpectedly (${signal ?? `code ${code}`}; pnpm stack logs ${name})`;
      const replica = replicas.find((each) => each.name === name);
      if (replica === undefined) {
        resolve(cause);
      } else if (replica.isReady()) {
        report(`${cause}; it is started again`);
        await delay(RESTART_MS, undefined, { ref: false });
        await replica.start().catch((error: unknown) => report(describeFailure(error)));
      }
    });
  });

await runInForeground({}, restartApps);
