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
  const unreadable = new Map<string, string>();
  const input: Record<string, string> = {};
  for (const name of Object.keys(schema.entries)) {
    const { value, problem } = readVariable(name, env);
    if (problem !== undefined) {
      unreadable.set(name, problem);
    } else if (value !== undefined && value !== '') {
      input[name] = value;
    }
  }
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  const problems = [...unreadable.values()];
  if (!result.success) {
    const others = result.issues.filter((issue) => !unreadable.has(nameOf(issue)));
    throw new ConfigError([...problems, ...others.map(problemOf)]);
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

function readVariable(name: string, env: Environment): { value?: string | undefined; problem?: string } {
  const value = env[name];
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') {
    return { value };
  }
  if (value !== undefined && value !== '') {
    return { problem: `${name}: set it or ${name}_FILE, not both` };
  }
  try {
    return { value: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch {
    return { problem: `${name}_FILE: must name a file that can be read` };
  }
}

function nameOf(issue: v.BaseIssue<unknown>): string {
  const key = issue.path?.[0]?.key;
  return typeof key === 'string' ? key : 'environment';
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const isMissing = issue.path?.[0]?.origin === 'key';
  return `${nameOf(issue)}: ${isMissing ? 'is missing' : issue.message}`;
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
