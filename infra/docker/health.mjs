// Ends with 0 when the app in this container is alive, or ready: `health.mjs live|ready`. The image has no curl.
const [, , question = 'live'] = process.argv;
const url = `http://127.0.0.1:${process.env.HTTP_PORT}/health/${question}`;
const answer = await fetch(url, { signal: AbortSignal.timeout(2_500) }).catch(() => undefined);
process.exitCode = answer?.ok ? 0 : 1;
