// Runs a step that does not end, and goes on saying so until nobody reads it any more.
import { stopStepsWhenInterrupted } from '#verify/interruption.ts';
import { runStep } from '#verify/run-step.ts';

const interrupted = stopStepsWhenInterrupted();
setInterval(() => console.log('it runs'), 20);
while (!interrupted.aborted) {
  await runStep('.', {
    name: 'sleeper',
    command: 'sh',
    args: ['-c', `echo "step $$" >&2; exec sleep 600`],
    live: true,
  });
}
