import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { breakingChanges, moveBaselines, movedBaselines } from '#contracts/baselines.ts';
import { contractPaths } from '#contracts/paths.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

const proto = 'proto/bank/user/v1/user.proto';
const openApi = `paths:
  /v1/users:
    get: { responses: { 200: { content: { application/json: { schema: { type: object } } } } } }
`;

describe('a contract after a release', () => {
  let copy: WorkspaceCopy;
  let before: string;

  beforeAll(async () => {
    copy = await copyWorkspace();
    before = await readFile(join(copy.root, proto), 'utf8');
    await copy.write(contractPaths.openApi, openApi);
    await moveBaselines(copy.root, '1.2.3');
  });
  beforeEach(async () => {
    await copy.write(proto, before);
    await copy.write(contractPaths.openApi, openApi);
  });
  afterAll(() => copy.remove());

  const messages = async (): Promise<string> =>
    (await breakingChanges(copy.root)).map(({ message }) => message).join('\n');

  it('breaks nothing while it stands', async () => {
    expect(await movedBaselines(copy.root)).toEqual([]);
    expect(await breakingChanges(copy.root)).toEqual([]);
  });

  it('may grow', async () => {
    await copy.write(
      proto,
      before.replace('  int64 version = 7;', '  int64 version = 7;\n  // New.\n  string more = 8;'),
    );
    expect(await breakingChanges(copy.root)).toEqual([]);
  });

  it('fails a removed field', async () => {
    await copy.write(proto, before.replace('  int64 version = 7;\n', ''));
    expect(await messages()).toContain('Previously present field "7"');
  });

  it('fails another type', async () => {
    await copy.write(proto, before.replace('int64 version', 'string version'));
    expect((await breakingChanges(copy.root))[0]).toMatchObject({ file: proto, line: expect.any(Number) });
  });

  it('fails a removed path of the REST contract', async () => {
    await copy.write(contractPaths.openApi, openApi.replace('/v1/users', '/v1/people'));
    expect(await messages()).toContain('/v1/users: removed');
  });

  it('fails a baseline that something other than a release moved', async () => {
    await appendFile(join(copy.root, contractPaths.openApiBaseline), '\n');
    expect(await movedBaselines(copy.root)).toEqual([
      { file: contractPaths.openApiBaseline, message: expect.stringContaining('release 1.2.3') },
    ]);
  });
});
