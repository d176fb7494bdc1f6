import { uuidv7 } from '@bank/domain';
import { expect, test } from 'vitest';
import { ledgerUnderTest } from './ledger-under-test.ts';
import { receiverUnderTest } from './receiver-under-test.ts';

const ledger = ledgerUnderTest();
const receiver = receiverUnderTest(ledger);
const entries = 20_000;

test('a backlog goes out faster than the ledger can grow', async () => {
  for (let made = 0; made < entries; made += 250) await ledger.append(uuidv7(), 250);
  let best = 0;
  for (let time = 0; time < 2; time += 1) {
    await receiver.forget();
    const { stop } = await receiver.forwarder();
    const startedAt = performance.now();
    await receiver.untilComplete(60_000);
    best = Math.max(best, entries / ((performance.now() - startedAt) / 1000));
    await stop();
  }
  process.stdout.write(`forwarded ${Math.round(best)} entries/s\n`);
  expect(best).toBeGreaterThanOrEqual(1500);
}, 180_000);
