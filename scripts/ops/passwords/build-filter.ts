import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createFilterBuilder, type FingerprintBits, openBreachedPasswords } from '@bank/security';
import { readCommandLine } from '#ops/command-line.ts';
import { readHashList, sizeOfList } from '#ops/passwords/hash-list.ts';
import { progressLine } from '#ops/progress-line.ts';
import { StackError } from '#stack/host/stack-error.ts';

const usage =
  'usage: pnpm ops passwords build-filter <ordered Have-I-Been-Pwned file, or folder of ranges> --out <file> [--min-count <n>] [--bits 8|16|32]';

const lineBytes = 43;
const widths: readonly FingerprintBits[] = [8, 16, 32];

/**
 * Makes the filter of breached passwords that `BREACHED_PASSWORDS_FILE` names, of a list that may be longer than memory. It
 * appears under its name when it is whole. @throws StackError for a list that is not ordered, or is none
 */
export async function buildPasswordFilter(args: readonly string[]): Promise<boolean> {
  const { list, file, bits, minCount } = readOptions(args);
  const size = sizeOfList(list);
  const builder = createFilterBuilder({ file, fingerprintBits: bits, keysExpected: size / lineBytes, minCount });
  const progress = progressLine();
  let read = 0;
  try {
    await readHashList(
      list,
      (hash, count) => {
        if (count >= minCount) builder.add(hash);
      },
      (bytes) => {
        read += bytes;
        progress.show(`${((100 * read) / size).toFixed(1)} % of ${Math.ceil(size / 1e6)} MB`);
      },
    );
  } catch (error) {
    builder.abandon();
    throw error;
  }
  const { keys, bytes } = builder.finish();
  progress.end();
  const opened = await openBreachedPasswords(file);
  await opened.close();
  const rate = `one good password in ${1 / opened.falsePositiveRate} is refused as well`;
  const use = opened.isPrecise ? 'it counts at sign-ins too' : 'at sign-ins it does not count (--bits 32 does)';
  process.stdout.write(`${file}: ${keys} passwords in ${(bytes / 1e6).toFixed(1)} MB, read back; ${rate}; ${use}\n`);
  return true;
}

const commandLine = {
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    'min-count': { type: 'string', default: '1' },
    bits: { type: 'string', default: '8' },
  },
} as const;

function readOptions(args: readonly string[]): { list: string; file: string; bits: FingerprintBits; minCount: number } {
  const { values, positionals } = readCommandLine(args, commandLine, usage);
  const [list, ...others] = positionals;
  const minCount = Number(values['min-count']);
  const bits = widths.find((width) => String(width) === values.bits);
  const isClear = others.length === 0 && Number.isInteger(minCount) && minCount > 0;
  if (list === undefined || values.out === undefined || bits === undefined || !isClear) throw new StackError(usage);
  if (!existsSync(list)) throw new StackError(`there is no ${list}`);
  return { list, file: resolve(values.out), bits, minCount };
}
