import { describe, expect, it } from 'vitest';
import { formatProblem } from '#checks/problem.ts';
import { checkSettings } from '#checks/settings/settings.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const config = 'apps/device/src/config.ts';
const example = [
  '# What is passed on.',
  '# DEVICE_LIMIT=20',
  '# STACK_INSTALL=1',
  '# name                     type                 default      read by  meaning',
  '# HTTP_HOST HTTP_PORT      address              –            all      where',
  '# <APP>_RPC_URL            https://             –            callers  where',
  '#                                                            more     about it',
].join('\n');

/** An app that reads these variables as `readConfig` does: each from `NAME`, or the file that `NAME_FILE` names. */
const reading = (...names: readonly string[]) =>
  `export function loadConfig(env) {\n  for (const name of ${JSON.stringify(names)}) [env[name], env[name + '_FILE']];\n  throw new Error('is missing');\n}\n`;

async function problems(
  names: readonly string[],
  launcher = { all: ['DEVICE_LIMIT', 'STACK_INSTALL'], passedOn: ['DEVICE_LIMIT'] },
) {
  const files = { '.env.example': example, [config]: reading(...names) };
  return (await inWorkspace(files, (root) => checkSettings(root, launcher))).map(formatProblem);
}

describe('settings', () => {
  it('pass when the launcher passes them on, or they stand in the table', async () => {
    expect(await problems(['DEVICE_LIMIT', 'HTTP_HOST', 'HTTP_PORT', 'AUTH_RPC_URL'])).toEqual([]);
  });

  it('fail a variable that an app reads and the launcher does not know', async () => {
    expect(await problems(['DEVICE_LIMIT', 'DEVICE_LIMT'])).toEqual([
      `${config}  DEVICE_LIMT is not a setting of the launcher: those stand in scripts/stack/settings/settings.ts, described in .env.example` +
        ' (one that the launcher makes by itself stands in the table at the end of it)',
    ]);
  });

  it('fail a setting that .env.example does not describe', async () => {
    const launcher = { all: ['DEVICE_LIMIT', 'DEVICE_DAYS'], passedOn: ['DEVICE_LIMIT', 'DEVICE_DAYS'] };
    expect(await problems(['DEVICE_LIMIT', 'DEVICE_DAYS'], launcher)).toEqual([
      '.env.example  DEVICE_DAYS is not described: add "# DEVICE_DAYS=default" to .env.example',
    ]);
  });

  it('fail what is passed on to apps of which none reads it', async () => {
    expect(await problems([])).toEqual([
      'scripts/stack/settings/settings.ts  DEVICE_LIMIT goes to the apps, and none of them reads it',
    ]);
  });
});
