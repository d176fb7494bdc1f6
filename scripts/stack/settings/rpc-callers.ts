import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AppName, appNames, spiffeId } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

interface RpcCaller {
  readonly name: string;
  readonly methods: readonly string[];
  /** Audiences of users' tokens that it may forward. */
  readonly audiences?: readonly string[];
  /** The fields of an answer that it may see, by method. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
}

/** Who may call which methods, by the URI in the caller's certificate: the content of an app's `RPC_CALLERS_FILE`. */
export type RpcCallers = Readonly<Record<string, RpcCaller>>;

/** The hand-written table of `infra/rpc-callers.json`, by the app that is called. */
export function readRpcCallers(): Readonly<Record<AppName, RpcCallers>> {
  return JSON.parse(readFileSync(join(repositoryFolder, 'infra', 'rpc-callers.json'), 'utf8'));
}

/** The apps that an app may call, and so needs the RPC addresses of. */
export function appsCalledBy(caller: AppName, table = readRpcCallers()): readonly AppName[] {
  return appNames.filter((callee) => Object.keys(table[callee]).includes(spiffeId(caller)));
}
