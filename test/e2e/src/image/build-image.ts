import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { cAndCppLibraries, npmCacheFolder, systemWithNode } from '#image/base-images.ts';
import { copyContext } from '#image/context.ts';
import { type Dockerfile, readDockerfile, type Stage, substitute } from '#image/dockerfile.ts';
import { type Mount, type NamespaceRun, runInNamespace } from '#image/namespace.ts';

/** What a built stage is: its files, and how a container of it runs. */
export interface Image {
  readonly folder: string;
  readonly env: ReadonlyMap<string, string>;
  readonly workdir: string;
  readonly user: number | undefined;
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
}

export interface BuildOptions {
  readonly target: string;
  readonly args: Readonly<Record<string, string>>;
  /** An empty folder for the files of all stages. */
  readonly folder: string;
}

type Draft = { -readonly [K in keyof Image]: Image[K] } & { readonly values: Map<string, string> };

/**
 * Carries out `infra/docker/Dockerfile` without an engine: every stage that the target needs in a folder, its RUN lines in a
 * namespace with this machine's own system in the place of the base image.
 */
export async function buildImage({ target, args, folder }: BuildOptions): Promise<Image> {
  const text = readFileSync(join(repositoryFolder, 'infra/docker/Dockerfile'), 'utf8');
  const file = readDockerfile(text);
  const built = new Map<string, Image>();
  for (const stage of neededFor(target, file)) {
    built.set(stage.name, await buildStage(stage, { built, args, folder: join(folder, stage.name) }));
  }
  return stageNamed(built, target);
}

/** The root of a container of an image: read-only, with what is mounted into it. */
export function containerOf(image: Image, volumes: readonly Mount[]): Omit<NamespaceRun, 'command'> {
  const env = Object.fromEntries(image.env);
  const root = { source: join(image.folder, image.workdir), target: image.workdir };
  const mounts = [...cAndCppLibraries(), root, ...volumes];
  return { mounts, env, ...(image.user === undefined ? {} : { user: image.user }) };
}

function neededFor(target: string, { stages }: Dockerfile): Stage[] {
  const byName = new Map(stages.map((stage) => [stage.name, stage]));
  const needed = new Set<Stage>();
  const visit = (name: string) => {
    const stage = byName.get(name);
    if (stage === undefined) return; // an image from elsewhere
    visit(stage.base);
    for (const { text } of stage.instructions) visit(/^--from=(\S+)/.exec(text)?.[1] ?? '');
    needed.add(stage);
  };
  visit(target);
  return [...needed];
}

interface StageOptions {
  readonly built: ReadonlyMap<string, Image>;
  readonly args: Readonly<Record<string, string>>;
  readonly folder: string;
}

async function buildStage({ base, instructions }: Stage, { built, args, folder }: StageOptions): Promise<Image> {
  const parent = built.get(base);
  mkdirSync(folder, { recursive: true });
  if (parent !== undefined) copyTree(`${parent.folder}/.`, folder);
  const env = new Map(parent?.env);
  const draft: Draft = {
    folder,
    env,
    values: new Map(env),
    workdir: parent?.workdir ?? '/',
    user: parent?.user,
    entrypoint: parent?.entrypoint ?? [],
    healthcheck: [],
  };
  for (const { keyword, text } of instructions) {
    await carryOut(keyword, keyword === 'RUN' ? text : substitute(text, draft.values), { draft, built, args });
  }
  return draft;
}

async function carryOut(
  keyword: string,
  text: string,
  { draft, built, args }: { draft: Draft; built: ReadonlyMap<string, Image>; args: Readonly<Record<string, string>> },
): Promise<void> {
  switch (keyword) {
    case 'ARG': {
      const [name = '', otherwise = ''] = text.split('=', 2);
      draft.values.set(name, args[name] ?? otherwise);
      return;
    }
    case 'ENV':
      for (const [, name = '', value = ''] of text.matchAll(/(\w+)=(\S*)/g)) {
        for (const values of [draft.env as Map<string, string>, draft.values]) values.set(name, value);
      }
      return;
    case 'WORKDIR':
      draft.workdir = posix.resolve(draft.workdir, text);
      mkdirSync(join(draft.folder, draft.workdir), { recursive: true });
      return;
    case 'COPY':
      return copy(text.split(/\s+/), draft, built);
    case 'RUN':
      return run(text, draft);
    case 'USER':
      draft.user = Number(text.split(':')[0]);
      return;
    case 'ENTRYPOINT':
      draft.entrypoint = JSON.parse(text) as string[];
      return;
    case 'HEALTHCHECK':
      draft.healthcheck = JSON.parse(text.slice(text.indexOf('CMD') + 3)) as string[];
      return;
    case 'LABEL':
    case 'EXPOSE':
    case 'CMD':
      return;
    default:
      throw new Error(`${keyword} is not known here`);
  }
}

async function copy(words: readonly string[], draft: Draft, built: ReadonlyMap<string, Image>): Promise<void> {
  const stage = /^--from=(.*)/.exec(words[0] ?? '')?.[1];
  const [source = '', destination = ''] = stage === undefined ? words : words.slice(1);
  const target = join(draft.folder, posix.resolve(draft.workdir, destination));
  if (stage !== undefined) {
    const from = join(stageNamed(built, stage).folder, source);
    copyTree(from.endsWith('/') ? `${from}.` : from, target);
  } else {
    await copyContext(source, target);
  }
}

function copyTree(source: string, target: string): void {
  execFileSync('cp', ['-a', source, target]);
}

async function run(text: string, draft: Draft): Promise<void> {
  const caches = [...text.matchAll(/--mount=type=cache,id=(\w+),target=(\S+) /g)];
  const script = text.replaceAll(/--mount=\S+ /g, '');
  const mounts = [
    ...systemWithNode(npmCacheFolder()),
    ...caches.filter(([, id]) => id === 'pnpm').map(([, , target = '']) => cacheMount(target)),
    { source: join(draft.folder, 'repository'), target: '/repository', writable: true as const },
  ];
  const values = Object.fromEntries(draft.values);
  const env = { ...values, HOME: '/root', PATH: process.env['PATH'] ?? '' };
  await runInNamespace({ mounts, writable: true, env, command: ['/bin/sh', '-ec', `cd ${draft.workdir}\n${script}`] });
}

/** The store of packages that this machine has already. */
function cacheMount(target: string): Mount {
  const pnpm = join(repositoryFolder, 'node_modules/.bin/pnpm');
  const store = execFileSync(pnpm, ['store', 'path'], { cwd: repositoryFolder, encoding: 'utf8' }).trim();
  return { source: dirname(store), target, writable: true };
}

function stageNamed(built: ReadonlyMap<string, Image>, name: string): Image {
  const image = built.get(name);
  if (image === undefined) throw new Error(`the Dockerfile has no stage ${name}`);
  return image;
}
