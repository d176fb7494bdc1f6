import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { workspaceFiles } from '#checks/files/workspace-files.ts';

/** What of a package's sources its tests ran, in per cent. */
export interface Coverage {
  readonly lines: number;
  readonly branches: number;
}

const Ratio = v.object({ total: v.number(), covered: v.number() });
const Summary = v.object({ total: v.object({ lines: Ratio, branches: Ratio }) });
const Manifest = v.object({ name: v.string(), scripts: v.optional(v.record(v.string(), v.string()), {}) });

/** Journeys run apps as processes, which no runner of theirs sees into. */
const withoutSourcesOfTheirOwn = ['@bank/e2e'];

/** Where the tests of each package leave what they covered, by the name of the package. */
export async function coverageFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const manifests = (await workspaceFiles(root)).filter((file) => file.endsWith('/package.json'));
  const found = new Map<string, string>();
  for (const file of manifests) {
    const { name, scripts } = v.parse(Manifest, { name: '', ...JSON.parse(await readFile(join(root, file), 'utf8')) });
    if (scripts['test'] === undefined || withoutSourcesOfTheirOwn.includes(name)) continue;
    found.set(name, join(root, dirname(file), 'coverage/coverage-summary.json'));
  }
  return found;
}

/** What was covered by the last run, by the name of the package; a package is left out whose tests did not run with coverage. */
export async function measuredCoverage(root: string): Promise<ReadonlyMap<string, Coverage | undefined>> {
  const entries = [...(await coverageFiles(root))].map(async ([name, file]) => {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    return [name, text === undefined ? undefined : coverageIn(text)] as const;
  });
  return new Map(await Promise.all(entries));
}

function coverageIn(text: string): Coverage {
  const { total } = v.parse(Summary, JSON.parse(text));
  return { lines: percent(total.lines), branches: percent(total.branches) };
}

/** Code without a branch has none that did not run. */
function percent({ total, covered }: v.InferOutput<typeof Ratio>): number {
  return total === 0 ? 100 : (100 * covered) / total;
}
