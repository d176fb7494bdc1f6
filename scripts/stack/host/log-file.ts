import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const LINE_LENGTH_MAX = 300;
const TELLING = /fatal|error|emerg|panic|denied|refused|cannot|could not|failed|invalid|taken/i;

/** Opens a log for appending and gives its descriptor; what the previous run wrote is kept as `<name>.log.1`. */
export function openLog(file: string): { descriptor: number; close(): void } {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file) && statSync(file).size > 0) {
    renameSync(file, `${file}.1`);
  }
  const descriptor = openSync(file, 'a');
  return { descriptor, close: () => closeSync(descriptor) };
}

/** The last line of a log that tells of a failure, else its last line; undefined when the log is empty. */
export function tellingLine(file: string): string | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return (lines.findLast((line) => TELLING.test(line)) ?? lines.at(-1))?.slice(0, LINE_LENGTH_MAX);
}
