import { existsSync, readFileSync } from 'node:fs';
import { StackError } from '#stack/host/stack-error.ts';

/**
 * Reads a `.env` file: `NAME=value` a line, `#` comments, single or double quotes around a value. A missing file is empty.
 * @throws StackError naming the line that is none of these, or a name given twice.
 */
export function readEnvFile(file: string): ReadonlyMap<string, string> {
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8'), file) : new Map();
}

/** The same for text; `source` names it in errors. */
export function parseEnv(text: string, source: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) {
      continue;
    }
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line);
    const [, name, value] = match ?? [];
    if (name === undefined || value === undefined) {
      throw new StackError(`${source}, line ${index + 1}: expected NAME=value`);
    }
    if (values.has(name)) {
      throw new StackError(`${source}, line ${index + 1}: ${name} is given twice`);
    }
    values.set(name, unquote(value));
  }
  return values;
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1(?:\s+#.*)?$/.exec(value);
  return quoted?.[2] ?? value.replace(/\s+#.*$/, '');
}
