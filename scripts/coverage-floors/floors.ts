import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Problem } from '#checks/problem.ts';
import { runTool } from '#checks/tool.ts';
import { type Coverage, coverageFiles, measuredCoverage } from '#coverage-floors/measured.ts';

/** The floors, a file that only `pnpm coverage raise` writes. */
export const floorsFile = 'scripts/coverage-floors/floors.json';

const Floors = v.record(v.string(), v.object({ lines: v.number(), branches: v.number() }));
type Floors = v.InferOutput<typeof Floors>;

const kinds = ['lines', 'branches'] as const;

/** What a run may lose against the one before: which side of a race a test goes down differs from run to run. */
const slack = 1;

/** Every package is covered at least as far as its floor says, and every package has one. */
export async function checkCoverage(root: string): Promise<readonly Problem[]> {
  const floors = await readFloors(root);
  const measured = await measuredCoverage(root);
  return [
    ...[...measured].flatMap(([name, coverage]) => problemsOf(name, coverage, floors[name])),
    ...checkNames(floors, new Set(measured.keys())),
  ];
}

/** Moves every floor up to what the last run covered, less a little, and none down. Gives those that moved. */
export async function raiseFloors(root: string): Promise<readonly string[]> {
  const floors = await readFloors(root);
  const measured = await measuredCoverage(root);
  const next: Floors = {};
  for (const [name, coverage] of measured) {
    const floor = coverage === undefined ? floors[name] : raised(floors[name] ?? { lines: 0, branches: 0 }, coverage);
    if (floor !== undefined) next[name] = floor;
  }
  const text = JSON.stringify(next, Object.keys(next).sort().concat(kinds), 2);
  await writeFile(join(root, floorsFile), `${text}\n`);
  return Object.keys(next).filter((name) => kinds.some((kind) => next[name]?.[kind] !== floors[name]?.[kind]));
}

/**
 * What can be told of the floors without a run: every package with tests has one, and none is lower than the commits before have it,
 * as far as git knows them; with its package a floor may go.
 */
export async function checkFloors(root: string): Promise<readonly Problem[]> {
  const floors = await readFloors(root);
  const packages = new Set((await coverageFiles(root)).keys());
  const before = await Promise.all(['HEAD', 'HEAD^1', 'HEAD^2'].map((commit) => floorsAt(root, commit)));
  const lowered = before.flatMap((earlier) =>
    Object.entries(earlier)
      .filter(([name]) => packages.has(name))
      .flatMap(([name, floor]) =>
        kinds.filter((kind) => (floors[name]?.[kind] ?? 0) < floor[kind]).map((kind) => `${name}: ${kind}`),
      ),
  );
  return [
    ...checkNames(floors, packages),
    ...[...new Set(lowered)].map((what) => problem(`${what} were covered further before: floors only rise`)),
  ];
}

function checkNames(floors: Floors, packages: ReadonlySet<string>): Problem[] {
  const without = [...packages].filter((name) => floors[name] === undefined);
  const strangers = Object.keys(floors).filter((name) => !packages.has(name));
  return [
    ...without.map((name) => problem(`${name} has no floor: run \`pnpm coverage raise\``)),
    ...strangers.map((name) => problem(`${name} is no package with tests: \`pnpm coverage raise\` takes it out`)),
  ];
}

function problemsOf(name: string, coverage: Coverage | undefined, floor: Floors[string] | undefined): Problem[] {
  if (coverage === undefined) return [problem(`${name} was not measured: run \`pnpm verify --coverage\``)];
  if (floor === undefined) return [];
  return kinds
    .filter((kind) => coverage[kind] < floor[kind])
    .map((kind) => problem(`${name}: ${coverage[kind].toFixed(1)} % of ${kind} are covered, not ${floor[kind]} %`));
}

function raised(floor: Floors[string], coverage: Coverage): Floors[string] {
  const up = (kind: (typeof kinds)[number]) => Math.max(floor[kind], Math.floor(10 * (coverage[kind] - slack)) / 10, 0);
  return { lines: up('lines'), branches: up('branches') };
}

async function readFloors(root: string): Promise<Floors> {
  return v.parse(Floors, JSON.parse(await readFile(join(root, floorsFile), 'utf8')));
}

/** None where git does not know the commit, or it has no floors yet. */
async function floorsAt(root: string, commit: string): Promise<Floors> {
  const shown = await runTool(root, 'git', ['show', `${commit}:${floorsFile}`]);
  return shown.status === 0 ? v.parse(Floors, JSON.parse(shown.stdout)) : {};
}

function problem(message: string): Problem {
  return { file: floorsFile, message };
}
