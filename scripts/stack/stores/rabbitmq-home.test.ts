import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { expect, it } from 'vitest';
import { neededPlugins } from '#stack/stores/rabbitmq-home.ts';

function pluginsFolder(applications: Record<string, string[] | undefined>): string {
  const folder = temporaryFolder('plugins');
  for (const [entry, needs] of Object.entries(applications)) {
    const name = entry.replace(/-[^-]*$/, '');
    mkdirSync(join(folder, entry, 'ebin'), { recursive: true });
    if (needs !== undefined) {
      const list = needs.map((need) => (need.includes('.') ? `'${need}'` : need)).join(',\n  ');
      writeFileSync(join(folder, entry, 'ebin', `${name}.app`), `{application, ${name}, [{applications, [${list}]}]}.`);
    }
  }
  return folder;
}

it('finds what the broker and its management need, in turn, and leaves the rest out', () => {
  const folder = pluginsFolder({
    'rabbit-3.10.8': ['kernel', 'ra', 'rabbit_common'],
    'rabbit_common-3.10.8': ['stdlib'],
    'ra-2.2.0': ['aten', 'gen_batch_server'],
    'aten-0.5.8': [],
    'gen_batch_server-0.8.8': [],
    'rabbitmq_management-3.10.8': ['rabbit', 'cowboy'],
    'cowboy-2.8.0': [],
    'rabbitmq_mqtt-3.10.8': ['rabbit'],
  });
  expect(neededPlugins(folder).sort()).toEqual([
    'aten-0.5.8',
    'cowboy-2.8.0',
    'gen_batch_server-0.8.8',
    'ra-2.2.0',
    'rabbit-3.10.8',
    'rabbit_common-3.10.8',
    'rabbitmq_management-3.10.8',
  ]);
});

it('takes everything where plugins are archives that it cannot read', () => {
  const folder = pluginsFolder({ 'rabbit-3.10.8': undefined, 'rabbitmq_mqtt-3.10.8': undefined });
  expect(neededPlugins(folder).sort()).toEqual(['rabbit-3.10.8', 'rabbitmq_mqtt-3.10.8']);
});
