import { expect, it } from 'vitest';
import { checkWorkflows } from '#checks/workflows.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const file = '.github/workflows/ci.yml';
const workflow = (step: string): string =>
  `on: push\njobs:\n  verify:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;

it('fails a workflow that GitHub would refuse', async () => {
  const problems = await inWorkspace({ [file]: workflow('runs: npm test') }, checkWorkflows);
  expect(problems[0]).toMatchObject({ file, line: 6 });
});

it('passes one that it would run', async () => {
  expect(await inWorkspace({ [file]: workflow('run: npm test') }, checkWorkflows)).toEqual([]);
});

it('fails a script that takes what others wrote', async () => {
  const step = ['run: echo $', '{{ github.event.before }}'].join('');
  const [problem] = await inWorkspace({ [file]: workflow(step) }, checkWorkflows);
  expect(problem).toMatchObject({ file, line: 6, message: expect.stringContaining('give it the value by `env`') });
});
