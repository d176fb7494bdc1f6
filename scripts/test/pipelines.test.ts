import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { repositoryFolder } from '#stack/settings/repository.ts';

interface Job {
  readonly needs?: readonly string[];
  readonly steps?: readonly { readonly name?: string; readonly run?: string }[];
}

interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

const textOf = (file: string) => readFileSync(join(repositoryFolder, file), 'utf8');
const ci = parse(textOf('.github/workflows/ci.yml')) as Workflow;
const cd = parse(textOf('.github/workflows/cd.yml')) as Workflow;
const gitlab = parse(textOf('.gitlab-ci.yml'), { merge: true }) as Readonly<Record<string, Job>>;
const checks = Object.keys(ci.jobs);

describe('the pipeline of GitLab', () => {
  it('has every job of the one of GitHub', () => {
    expect(checks).toEqual(expect.arrayContaining(['verify', 'pgbouncer', 'previous-release', 'whole-stack']));
    expect(Object.keys(gitlab)).toEqual(expect.arrayContaining(checks));
  });

  it('makes an image when all of them found nothing, as GitHub does', () => {
    expect(gitlab['image']?.needs?.toSorted()).toEqual([...checks, 'plan'].toSorted());
    expect(cd.jobs['image']?.needs).toEqual(['verify', 'plan']);
  });

  it('remembers a commit once all its images are there', () => {
    expect(gitlab['built']?.needs).toEqual(['image']);
    expect(gitlab['built']).toMatchObject({ cache: { key: 'last-built', policy: 'push' } });
    expect(gitlab['plan']).toMatchObject({ cache: { key: 'last-built', policy: 'pull' } });
  });
});

// GitLab's own variable has no capitals; of GitHub's repository nothing says so, and cosign refuses a name that has some.
it('signs an image by the name under which it was pushed, which has no capitals', () => {
  const script = cd.jobs['image']?.steps?.find(({ name }) => name === 'sign')?.run ?? '';
  const env = { PATH: process.env['PATH'], IMAGE: 'ghcr.io/Bank-Of-A/User-Service/auth', DIGEST: 'sha256:0A' };
  const said = execFileSync('sh', ['-ec', `cosign() { echo "$@"; }\n${script}`], { env, encoding: 'utf8' });
  expect(said).toBe('sign --yes ghcr.io/bank-of-a/user-service/auth@sha256:0A\n');
});

// The run of the push before may have failed, or have been replaced while it waited: what it did not build nobody would.
it.each([
  ['.github/workflows/cd.yml', 'github.event.before'],
  ['.gitlab-ci.yml', 'CI_COMMIT_BEFORE_SHA'],
])('%s does not compare with the push before', (file, before) => {
  expect(textOf(file)).not.toContain(before);
});
