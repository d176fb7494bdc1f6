import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prometheusPrograms, repositoryFolder, type Stack } from '@bank/scripts/stack';
import { until } from '@bank/testing';
import * as v from 'valibot';

const Series = v.object({ metric: v.record(v.string(), v.string()), value: v.tuple([v.number(), v.string()]) });
const Answer = v.object({ status: v.literal('success'), data: v.object({ result: v.array(Series) }) });

const Rules = v.object({
  status: v.literal('success'),
  data: v.object({ groups: v.array(v.object({ rules: v.array(v.object({ query: v.string() })) })) }),
});

export type Series = v.InferOutput<typeof Series>;

/** A real Prometheus with the rules and the configuration of `infra/prometheus`, that scrapes a stack. */
export interface Prometheus {
  /** What an expression gives now. @throws Error with Prometheus' own words when it cannot be understood */
  query(expression: string): Promise<Series[]>;
  /** The expressions of its rules, as it writes them itself. */
  ruleExpressions(): Promise<readonly string[]>;
  stop(): void;
}

/** Starts it in a folder of its own, scraping each second instead of each 15, so that a test need not wait. */
export async function startPrometheus(stack: Stack, folder: string, port: number): Promise<Prometheus> {
  mkdirSync(folder, { recursive: true });
  cpSync(join(repositoryFolder, 'infra', 'prometheus'), folder, { recursive: true });
  hasten(join(folder, 'prometheus.yml'), /interval: 15s/g);
  hasten(join(folder, 'rules.yml'), /interval: 1m/g);
  const targets = Object.entries(stack.addresses.apps).map(([app, { replicas }]) => ({
    targets: replicas.map(({ http }) => new URL(http).host),
    labels: { app },
  }));
  writeFileSync(join(folder, 'targets.yml'), JSON.stringify(targets));
  const process = spawn(
    prometheusPrograms().server,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said = collect(process);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (process.exitCode !== null) throw new Error(`prometheus ended: ${said()}`);
    return (await fetch(`${url}/-/ready`)).ok;
  });
  return {
    async query(expression) {
      const body = new URLSearchParams({ query: expression });
      const answer = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
      if (!answer.ok) throw new Error(`${expression}: ${await answer.text()}`);
      return v.parse(Answer, await answer.json()).data.result;
    },
    async ruleExpressions() {
      const { data } = v.parse(Rules, await (await fetch(`${url}/api/v1/rules`)).json());
      return data.groups.flatMap(({ rules }) => rules.map(({ query }) => query));
    },
    stop: () => void process.kill('SIGKILL'),
  };
}

function hasten(file: string, interval: RegExp): void {
  writeFileSync(file, readFileSync(file, 'utf8').replace(interval, 'interval: 1s'));
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text = `${text}${chunk}`.slice(-2000);
  });
  return () => text;
}
