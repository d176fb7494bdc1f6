import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { ConfigError } from '#config/config-error.ts';
import { productionProblems } from '#config/production-rules.ts';

type Entries = Readonly<Record<string, v.GenericSchema>>;
type Environment = Readonly<Record<string, string | undefined>>;

interface ObjectSchema extends v.GenericSchema {
  readonly entries: Entries;
}

/**
 * Reads the environment once: each variable of the schema from `NAME`, or from the file that `NAME_FILE` names, checked,
 * and frozen. Empty counts as missing.
 * @throws ConfigError with every problem at once, each naming its variable and never its value
 */
export function readConfig<const S extends ObjectSchema>(schema: S, env: Environment): Readonly<v.InferOutput<S>> {
  const problems: string[] = [];
  const input: Record<string, string> = {};
  for (const name of Object.keys(schema.entries)) {
    const value = variable(name, env, problems);
    if (value !== undefined && value !== '') {
      input[name] = value;
    }
  }
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (!result.success) {
    const unread = new Set(problems.map((problem) => problem.split(':', 1)[0]));
    problems.push(...result.issues.map(problemOf).filter((problem) => !unread.has(problem.split(':', 1)[0])));
    throw new ConfigError(problems);
  }
  const values = result.output as Readonly<Record<string, unknown>>;
  if (values['NODE_ENV'] === 'production') {
    problems.push(...productionProblems(values));
  }
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return deepFreeze(result.output);
}

function variable(name: string, env: Environment, problems: string[]): string | undefined {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') {
    return direct;
  }
  if (direct !== undefined && direct !== '') {
    problems.push(`${name}: set it or ${name}_FILE, not both`);
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    problems.push(`${name}_FILE: must name a file that can be read`);
    return undefined;
  }
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const item = issue.path?.[0];
  const name = typeof item?.key === 'string' ? item.key : 'environment';
  return item !== undefined && 'origin' in item && item.origin === 'key'
    ? `${name}: is missing`
    : `${name}: ${issue.message}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) {
      deepFreeze(inner);
    }
    Object.freeze(value);
  }
  return value;
}
