import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Piece, readPage } from '#checks/docs/markdown.ts';
import { type Proof, shownCommands } from '#checks/docs/shown-commands.ts';
import { workspaceFiles } from '#checks/files/workspace-files.ts';
import type { Problem } from '#checks/problem.ts';
import { fullSteps } from '#verify/full-steps.ts';
import { coverageStep, heavySteps, lastSteps, sourceSteps, unhurriedTests } from '#verify/steps.ts';

const shown = /^(README\.md|docs\/development\/[^/]+\.md)$/;
const aCommand = /^(npm|npx|pnpm|buf|make|node|node_modules\/\.bin\/\S+)\s+\S/;
const aScript = /^(?:npm run|npm|pnpm) (\S+)/;
/** What a command may begin with: `STACK_REPLICAS=2 npm start`. */
const variables = /^([A-Z]\w*=\S*\s+)+/;
/** What stands for any command, not for one. */
const placeholder = /^(npx |node_modules\/\.bin\/)?pnpm( ops)?( …)?$/;
/** What pnpm itself understands. */
const ownVerbs = new Set(['--filter']);
/** Files that run something: in others words like those of a command are about it, and no proof. */
const runs = /\.test\.ts$|^\.github\/workflows\/[^/]+\.yml$/;
const listFile = 'scripts/checks/docs/shown-commands.ts';

/** Every command that a page shows is run by something that is named, and is one that package.json has. */
export async function checkCommands(
  root: string,
  proofs: Readonly<Record<string, Proof>> = shownCommands,
): Promise<readonly Problem[]> {
  const files = (await workspaceFiles(root)).filter((file) => shown.test(file));
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts?: object };
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const file of files) {
    for (const { line, text: command } of commandsIn(await readFile(join(root, file), 'utf8'))) {
      seen.add(command);
      const verb = aScript.exec(withoutVariables(command))?.[1];
      if (proofs[command] === undefined) {
        problems.push({ file, line, message: `\`${command}\` is run by nothing: say in ${listFile} what runs it` });
      } else if (verb !== undefined && !ownVerbs.has(verb) && !Object.hasOwn(scripts ?? {}, verb)) {
        problems.push({ file, line, message: `package.json has no script "${verb}"` });
      }
    }
  }
  for (const [command, proof] of Object.entries(proofs)) {
    if (!seen.has(command)) problems.push({ file: listFile, message: `no page shows \`${command}\` any more` });
    else problems.push(...(await missingProof(root, command, proof)));
  }
  return problems;
}

/** The commands of a page: lines of its `sh` blocks, and what stands in backticks and begins with a program of ours, or with variables for one. */
export function commandsIn(text: string): Piece[] {
  const { shellLines, spans } = readPage(text);
  const inBlocks = shellLines.map(({ line, text: whole }) => ({ line, text: whole.replace(/\s+#\s.*$/, '').trim() }));
  const inProse = spans
    .map(({ line, text: span }) => ({ line, text: span.replaceAll('\\|', '|').trim() }))
    .filter(({ text: span }) => aCommand.test(withoutVariables(span)) && !placeholder.test(withoutVariables(span)));
  return [...inBlocks, ...inProse];
}

function withoutVariables(command: string): string {
  return command.replace(variables, '');
}

const ofTests = [...heavySteps, unhurriedTests, ...lastSteps, coverageStep];
const steps = () => new Set([...sourceSteps, ...ofTests, ...fullSteps].map(({ name }) => name));

async function missingProof(root: string, command: string, proof: Proof): Promise<Problem[]> {
  if ('run' in proof) return [];
  const of = (message: string) => [{ file: listFile, message: `\`${command}\`: ${message}` }];
  if ('step' in proof) return steps().has(proof.step) ? [] : of(`there is no step "${proof.step}"`);
  if (!runs.test(proof.test)) return of(`${proof.test} runs nothing: name a test or a workflow`);
  const text = await readFile(join(root, proof.test), 'utf8').catch(() => undefined);
  if (text === undefined) return of(`there is no ${proof.test}`);
  return text.includes(proof.says) ? [] : of(`${proof.test} does not say "${proof.says}"`);
}
