import { SqlMigration } from '@bank/database';
import { describe, expect, test } from 'vitest';
import { inOrder } from '../migrations/in-order.ts';

class Nothing extends SqlMigration {
  override statements(): readonly string[] {
    return [];
  }
}

const listed = (...names: string[]) => names.map((name) => ({ name, class: Nothing }));
const order = (ofApp: string[], ofKinds: string[]) => {
  return inOrder(listed(...ofApp), listed(...ofKinds)).map(({ name }) => name);
};

describe('migrations of kinds of factors among those of the app', () => {
  test('come last when they are newest, by their names', () => {
    expect(order(['1-a', '2-b'], ['4-d', '3-c'])).toEqual(['1-a', '2-b', '3-c', '4-d']);
  });

  test('stay where they stood when the app gets a newer one', () => {
    expect(order(['1-a', '2-b', '5-e'], ['4-d', '3-c'])).toEqual(['1-a', '2-b', '3-c', '4-d', '5-e']);
  });

  test('stay where they stood when the app gets one of an older name', () => {
    expect(order(['1-a', '4-d'], ['3-k'])).toEqual(['1-a', '3-k', '4-d']);
    expect(order(['1-a', '4-d', '2-b'], ['3-k'])).toEqual(['1-a', '3-k', '4-d', '2-b']);
  });

  test('are in one order, in whichever the folders are listed', () => {
    for (const ofKinds of [
      ['5-l', '3-k', '7-m'],
      ['7-m', '3-k', '5-l'],
    ]) {
      expect(order(['1-a', '6-f', '4-d'], ofKinds)).toEqual(['1-a', '3-k', '5-l', '6-f', '4-d', '7-m']);
    }
  });

  test('move none of the app, which once ran in another order than their names', () => {
    expect(order(['1-a', '4-d', '3-c', '6-f'], ['5-e'])).toEqual(['1-a', '4-d', '3-c', '5-e', '6-f']);
  });

  test('have names of their own', () => {
    expect(() => order(['1-a'], ['1-a'])).toThrow('two migrations are called 1-a');
  });
});
