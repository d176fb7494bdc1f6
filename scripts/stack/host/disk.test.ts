import { temporaryFolder } from '@bank/testing';
import { expect, it } from 'vitest';
import { failureOn, requireFreeSpace } from '#stack/host/disk.ts';

it('names the disk that has no room', () => {
  const folder = temporaryFolder('disk');
  expect(() => requireFreeSpace(folder, 1)).not.toThrow();
  expect(() => requireFreeSpace(folder, 2 ** 40)).toThrow(`the disk is full: ${folder} has`);
});

it('leaves a failure alone where the disk has room', () => {
  const failure = new Error('something else');
  expect(failureOn(temporaryFolder('disk'), failure)).toBe(failure);
});
