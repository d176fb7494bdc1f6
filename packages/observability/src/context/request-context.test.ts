import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { requestContext } from '#context/request-context.ts';

test('two requests at once never see each other', async () => {
  const seen = await Promise.all(
    ['a', 'b'].map((requestId) =>
      requestContext.run({ requestId, traceparent: '' }, async () => {
        await turn();
        return requestContext.get()?.requestId;
      }),
    ),
  );
  expect(seen).toEqual(['a', 'b']);
  expect(requestContext.get()).toBeUndefined();
});
