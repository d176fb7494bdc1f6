import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shownCommands } from '#checks/docs/shown-commands.ts';
import { runTool } from '#checks/tool.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

const commands = Object.entries(shownCommands).flatMap(([command, proof]) =>
  'run' in proof && proof.run === 'on a copy' ? [[command, proof.as ?? command] as const] : [],
);

/** The packages of a copy are links to those of this repository: pnpm would find them to be another installation. */
const withoutInstalling = { pnpm_config_verify_deps_before_run: 'false' };

describe('a command of the README or of docs/development, as it stands there', () => {
  let copy: WorkspaceCopy;
  beforeAll(async () => {
    copy = await copyWorkspace();
  });
  afterAll(() => copy.remove());

  it.each(commands)('%s', async (_shown, command) => {
    const { status, stdout, stderr } = await runTool(copy.root, 'sh', ['-c', command], withoutInstalling);
    expect({ status, printed: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, printed: '' });
  });
});
