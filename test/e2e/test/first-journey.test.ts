import { expect, test } from 'vitest';
import { GatewayClient } from '#client.ts';
import { firstJourney } from '#first-journey.ts';
import { testStack } from '#test-stack.ts';

const it = testStack();

test('the journey of the tour, over five processes and the gateway', async () => {
  const steps: string[] = [];
  const { addresses } = it.stack;
  await firstJourney({
    client: new GatewayClient(addresses.gateway),
    inboxUrl: addresses.sandbox.http,
    announce: (step) => steps.push(step),
  });
  expect(steps.at(-1)).toContain('In the inbox');
}, 60_000);
