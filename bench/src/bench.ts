import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { AppHandle, AppName, ManagedProcess, Stack } from '@bank/scripts/stack';
import { repositoryFolder } from '@bank/scripts/stack';
import type { Person } from '@bank/test-bed';
import type { BenchOptions } from '#options.ts';
import type { Row } from '#row.ts';
import type { TokenMint } from '#tokens.ts';

/** What a case works with. */
export interface Bench {
  readonly stack: Stack;
  readonly options: BenchOptions;
  readonly people: readonly Person[];
  readonly mint: TokenMint;
  report(line: string): void;
}

/** One thing that is measured, with the limit beside it. */
export interface Case {
  readonly name: string;
  run(bench: Bench): Promise<readonly Row[]>;
}

/** A program that shows what this machine could do at best, as a process of its own. */
export interface LimitProgram {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const readySeconds = 30;
const nodeProgram = join(repositoryFolder, 'node_modules', '.bin', 'node');

type ProgramEnvironment = Readonly<Record<string, string | undefined>>;

/** Starts a program of `src/limits` that serves HTTP on `PORT`, and resolves when it answers `GET /`. */
export function startLimit(bench: Bench, name: string, env: ProgramEnvironment = {}): Promise<LimitProgram> {
  return startProgram(bench, { name: `limit-${name}`, file: join(import.meta.dirname, 'limits', `${name}.ts`) }, env);
}

/** Starts better-auth, with its own hash or with ours, on a database of its own. */
export function startPeer(bench: Bench, env: ProgramEnvironment): Promise<LimitProgram> {
  const file = join(repositoryFolder, 'bench', 'peers', 'better-auth', 'src', 'main.ts');
  return startProgram(bench, { name: 'peer-better-auth', file }, env);
}

async function startProgram(
  { stack }: Bench,
  { name, file }: { readonly name: string; readonly file: string },
  env: ProgramEnvironment,
): Promise<LimitProgram> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const given = Object.entries({ ...env, PORT: String(port), NODE_ENV: 'production' });
  const process: ManagedProcess = await stack.startProcess({
    name,
    layer: 'app',
    command: nodeProgram,
    args: [file],
    env: Object.fromEntries(given.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
  });
  await process.untilReady(async () => (await fetch(url)).ok, readySeconds);
  return { url, pid: process.pid, stop: () => process.stop() };
}

/** The apps that a case about each app by itself looks at. */
export function appsOf({ stack, options }: Bench): readonly AppHandle[] {
  return Object.values(stack.apps).filter(({ name }) => options.apps.length === 0 || options.apps.includes(name));
}

/** The variables by which an app finds its database, for a limit that runs the same statements. */
export function databaseOf({ stack }: Bench, app: AppName): Record<string, string | undefined> {
  const { DATABASE_URL, DATABASE_CA_FILE, DATABASE_POOL_MAX } = stack.environments[app];
  return { DATABASE_URL, DATABASE_CA_FILE, DATABASE_POOL_MAX };
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(32_000, 32_700);
    if (await canListen(port)) return port;
  }
  throw new Error('no free port was found for a limit');
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
