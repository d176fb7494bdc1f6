import { describe, expect, it } from 'vitest';
import { checkCommands, commandsIn } from '#checks/docs/commands.ts';
import { checkExcerpts } from '#checks/docs/excerpts.ts';
import { checkLinks } from '#checks/docs/links.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const messages = async (files: Readonly<Record<string, string>>) =>
  (await inWorkspace(files, checkLinks)).map(({ file, line, message }) => `${file}:${line} ${message}`);

describe('links', () => {
  const page = '# Setup\n\n## The first `pnpm` & more\n\n[up](../README.md#two-commands)\n';

  it('pass when they lead to files, folders and headings', async () => {
    const readme = [
      '# Two commands',
      '[a](docs/setup.md) [b](docs/setup.md#the-first-pnpm--more) [c](#two-commands) [d](docs) <https://example.com>',
      '[e](https://example.com/x#y) ![f](docs/a.svg)',
      '```sh',
      'echo "[not a link](nowhere.md)"',
      '```',
    ].join('\n');
    expect(await messages({ 'README.md': readme, 'docs/setup.md': page, 'docs/a.svg': '<svg/>' })).toEqual([]);
  });

  it('are not what is shown as code, in a line or within a fence of another kind', async () => {
    const readme = [
      'Write `[a](nowhere.md)` and [`b`](docs/setup.md).',
      '````markdown',
      '```sh',
      '[c](nowhere.md)',
      '```',
      '# Not a heading [d](nowhere.md)',
      '````',
      '~~~',
      '```',
      '[e](nowhere.md)',
      '~~~',
      'Inline ```[f](x)``` is no fence: [g](lost.md)',
    ].join('\n');
    const found = await messages({ 'README.md': readme, 'docs/setup.md': '# Setup\n' });
    expect(found).toContain('README.md:12 lost.md leads nowhere');
    expect(found.filter((message) => message.includes('nowhere.md'))).toEqual([]);
  });

  it.each([
    ['[a](docs/set-up.md)', 'docs/set-up.md leads nowhere'],
    ['[a](../other/file.md)', '../other/file.md leads nowhere'],
    ['[a](docs/setup.md#installation)', 'docs/setup.md#installation: docs/setup.md has no heading of that name'],
    ['[a](#nothing)', '#nothing: README.md has no heading of that name'],
  ])('fail: %s', async (link, message) => {
    const readme = `# Two commands\n\n[setup](docs/setup.md)\n${link}\n`;
    expect(await messages({ 'README.md': readme, 'docs/setup.md': page })).toEqual([`README.md:4 ${message}`]);
  });

  it('fail a page of docs that no chain of links leads to', async () => {
    const files = {
      'README.md': '# Two commands\n[decisions](docs/adr)\n',
      'docs/adr/0001-a.md': '# A\n[b](../b.md)\n',
      'docs/b.md': '# B\n',
      'docs/lost.md': '# Lost\n',
    };
    expect(await messages(files)).toEqual(['docs/lost.md:undefined no chain of links from README.md leads here']);
  });
});

describe('commands', () => {
  const manifest = JSON.stringify({ scripts: { start: 'node start.ts', tour: 'node tour.ts' } });

  it('are lines of sh blocks and spans that begin with a program, without comments', () => {
    const text =
      'Use `pnpm tour`, `A=1 B= npm start`, `pnpm …`, `A=1 pnpm …` or `POSTGRES_URL`, `POSTGRES_URL=x y`.\n\n```sh\nnpm start   # all of it\na \\\n  b\n```\n```ts\nnpm test\n```\n';
    expect(commandsIn(text).map(({ text: command }) => command)).toEqual([
      'npm start',
      'a b',
      'pnpm tour',
      'A=1 B= npm start',
    ]);
  });

  const problems = async (readme: string, proofs: Parameters<typeof checkCommands>[1]) => {
    const files = { 'package.json': manifest, 'README.md': readme, 'a.test.ts': "run('tour.ts')" };
    const found = await inWorkspace(files, (root) => {
      return checkCommands(root, proofs);
    });
    return found.map(({ message }) => message);
  };

  it('pass when something that exists runs them', async () => {
    const proofs = { 'npm start': { step: 'types' }, 'pnpm tour': { test: 'a.test.ts', says: 'tour.ts' } };
    expect(await problems('`npm start` and `pnpm tour`', proofs)).toEqual([]);
  });

  it('fail when nothing does, or what does is not there', async () => {
    expect(await problems('`npm start`', {})).toEqual([expect.stringContaining('`npm start` is run by nothing')]);
    expect(await problems('`npm start`', { 'npm start': { step: 'no step' } })).toEqual([
      '`npm start`: there is no step "no step"',
    ]);
    expect(await problems('`npm start`', { 'npm start': { test: 'b.test.ts', says: 'x' } })).toEqual([
      '`npm start`: there is no b.test.ts',
    ]);
    expect(await problems('`npm start`', { 'npm start': { test: 'a.test.ts', says: 'x y' } })).toEqual([
      '`npm start`: a.test.ts does not say "x y"',
    ]);
  });

  it('fail when what names them only has their words', async () => {
    expect(await problems('`npm start`', { 'npm start': { test: 'package.json', says: 'start.ts' } })).toEqual([
      '`npm start`: package.json runs nothing: name a test or a workflow',
    ]);
  });

  it('are no others for the variables before them', async () => {
    const proofs = { 'npm start': { step: 'types' }, 'A=1 pnpm fly': { step: 'types' } };
    expect(await problems('`npm start`, `A=1 npm start`, `A=1 pnpm fly`', proofs)).toEqual([
      expect.stringContaining('`A=1 npm start` is run by nothing'),
      'package.json has no script "fly"',
    ]);
  });

  it('fail when package.json has none of that name, and when no page shows them any more', async () => {
    expect(await problems('`pnpm fly`', { 'pnpm fly': { run: 'on a copy' } })).toEqual([
      'package.json has no script "fly"',
    ]);
    expect(await problems('nothing', { 'npm start': { run: 'on a copy' } })).toEqual([
      'no page shows `npm start` any more',
    ]);
  });
});

describe('excerpts', () => {
  const source = 'const a = 1;\n\nfunction b() {\n  return a;\n}\n';
  const shown = (code: string, file = '../src/b.ts') => `# B\n\n<!-- code of ${file} -->\n\`\`\`ts\n${code}\`\`\`\n`;
  const problems = async (page: string) =>
    (await inWorkspace({ 'docs/b.md': page, 'src/b.ts': source }, checkExcerpts)).map(
      ({ file, line, message }) => `${file}:${line} ${message}`,
    );

  it('pass when they are whole lines of the file, one after another', async () => {
    expect(await problems(shown(source) + shown('function b() {\n  return a;\n'))).toEqual([]);
    expect(await problems('```ts\nanything();\n```\n')).toEqual([]);
  });

  it.each([
    [shown('function b() {\n  return 1;\n'), 'docs/b.md:3 ../src/b.ts says otherwise'],
    [shown('= 1;\n'), 'docs/b.md:3 ../src/b.ts says otherwise'],
    [shown(source, 'src/b.ts'), 'docs/b.md:3 src/b.ts is not there'],
    [
      '<!-- code of ../src/b.ts -->\n\ntext\n',
      'docs/b.md:undefined a `<!-- code of … -->` has no block of code right below it',
    ],
  ])('fail: %j', async (page, message) => {
    expect(await problems(page)).toEqual([message]);
  });
});
