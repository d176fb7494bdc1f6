import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { openProgress } from '#ops/users/import-progress.ts';

const folder = temporaryFolder('import-progress');
const staging = { installation: 'https://staging:9443', firebase: '', kind: '', newRunId: 'run' } as const;

/** A file whose first line was imported into `staging` before something ended the run. */
function interrupted(name: string, firebase = ''): string {
  const file = join(folder, name);
  writeFileSync(file, '{"email":"one@example.com"}\n{"email":"two@example.com"}\n');
  openProgress(file, { ...staging, firebase }).advance([{ line: 1, kind: 'created' }]);
  return file;
}

describe('SR-89 the progress of an import', () => {
  it('is gone on with where everything is the same', () => {
    const file = interrupted('same.jsonl');
    expect(openProgress(file, { ...staging, newRunId: 'another' })).toMatchObject({ runId: 'run', doneBefore: 1 });
  });

  it('is not taken for that of another installation, whose users would be left out', () => {
    const file = interrupted('elsewhere.jsonl');
    expect(() => openProgress(file, { ...staging, installation: 'https://production:9443' })).toThrow(
      `${file} was begun to be imported into https://staging:9443, not https://production:9443; remove ${file}.progress`,
    );
  });

  it('is not taken for one that read hashes otherwise', () => {
    const file = interrupted('firebase.jsonl', 'abc');
    expect(() => openProgress(file, staging)).toThrow('--firebase-hash-config (one of SHA-256 abc, not none)');
    expect(() => openProgress(file, { ...staging, firebase: 'abd' })).toThrow('not one of SHA-256 abd)');
  });
});
