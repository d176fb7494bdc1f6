import { restTable } from './rest-table.ts';
import { rpcTable } from './rpc-table.ts';

/** One line of the table of routes. */
export interface RestRule {
  /** `GET /v1/auth/sessions/{id}` */
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly door: string;
  readonly who: ReadonlySet<string>;
}

/** One line of the table of methods. */
export interface RpcRule {
  readonly app: string;
  readonly method: string;
  readonly callers: ReadonlySet<string>;
  /** Empty where the caller decides by itself. */
  readonly behind: ReadonlySet<string>;
}

export const restRules: readonly RestRule[] = linesOf(restTable).map((line) => {
  const [, method = '', path = '', door = '', who = ''] = /^(\w+)\s+(\S+)\s+(\w+)\s+(.*)$/.exec(line) ?? [];
  return { route: `${method} ${path}`, method, path, door, who: words(who) };
});

export const rpcRules: readonly RpcRule[] = linesOf(rpcTable).map((line) => {
  const [app = '', method = '', callers = '', behind = ''] = line.split(/\s{2,}/);
  return { app, method, callers: words(callers), behind: words(behind) };
});

function linesOf(table: string): string[] {
  const [, ...lines] = table.split('\n').filter((line) => line.trim() !== '');
  return lines;
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim() === '-' ? [] : text.trim().split(' '));
}
