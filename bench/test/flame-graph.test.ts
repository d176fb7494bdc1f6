import { expect, test } from 'vitest';
import { type CpuProfile, flameGraph, heaviest } from '#flame-graph.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 4 });
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 4] },
    { id: 2, callFrame: frame('answer', 'file:///app/dist/main.mjs'), children: [3] },
    { id: 3, callFrame: frame('verify<T>') },
    { id: 4, callFrame: frame('(idle)') },
  ],
  samples: [2, 3, 3, 4, 3],
  timeDeltas: [100, 100, 100, 5000, 100],
};

test('the heaviest functions come first, by their share of the time that was worked', () => {
  expect(heaviest(profile, 2)).toEqual([' 75.0 %  verify<T>', ' 25.0 %  answer main.mjs:5']);
});

test('a flame graph is as wide as the time a function took with all it called', () => {
  const svg = flameGraph(profile);
  expect(svg).toContain('<title>answer main.mjs:5 100.0 %</title><rect x="0.0" y="16" width="1200.0"');
  expect(svg).toContain('<title>verify&lt;T&gt; 75.0 %</title><rect x="0.0" y="32" width="900.0"');
  expect(svg).not.toContain('idle');
});
