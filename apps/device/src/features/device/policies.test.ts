import { systemIds } from '@bank/domain';
import { expect, test } from 'vitest';
import { devicesMax, surplusDevices } from './policies.ts';

/** As many devices as there may be and `extra` more, each seen a day after the one before it. */
function seen(extra: number, trusted: readonly number[] = [], withKey: readonly number[] = []) {
  return Array.from({ length: devicesMax + extra }, (_, day) => ({
    id: systemIds.next(),
    lastSeenAt: new Date(Date.UTC(2026, 0, 1 + day)),
    trustedAt: trusted.includes(day) ? new Date() : null,
    hasKey: withKey.includes(day),
  }));
}

const positions = (devices: ReturnType<typeof seen>, ids: readonly string[]) =>
  ids.map((id) => devices.findIndex((device) => device.id === id));

test('as many as there may be stay', () => {
  expect(surplusDevices(seen(0), 'none')).toEqual([]);
  expect(surplusDevices([], 'none')).toEqual([]);
});

test('the longest unseen ones go, whatever the order they are given in', () => {
  const devices = seen(3);
  expect(positions(devices, surplusDevices(devices.toReversed(), 'none'))).toEqual([0, 1, 2]);
});

test('an untrusted one goes before one that is trusted and longer unseen', () => {
  const devices = seen(2, [0, 1, 3]);
  expect(positions(devices, surplusDevices(devices, 'none'))).toEqual([2, 4]);
});

test('one without a key goes before one that has a key and is longer unseen', () => {
  const devices = seen(2, [3], [0, 1]);
  expect(positions(devices, surplusDevices(devices, 'none'))).toEqual([2, 4]);
});

test('where all are trusted the longest unseen of them goes', () => {
  const devices = seen(
    1,
    Array.from({ length: devicesMax + 1 }, (_, day) => day),
  );
  expect(positions(devices, surplusDevices(devices, 'none'))).toEqual([0]);
});

test('the one just used stays, although it was seen before all others', () => {
  const devices = seen(1);
  expect(positions(devices, surplusDevices(devices, devices[0]?.id ?? ''))).toEqual([1]);
});
