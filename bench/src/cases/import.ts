import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { repositoryFolder } from '@bank/scripts/stack';
import { median } from '@bank/test-bed';
import { type Bench, type Case, startLimit } from '#bench.ts';
import { compareApp } from '#compare.ts';
import type { Row } from '#row.ts';
import { askLimit } from '#self-measuring.ts';

const usersPerSecondMin = 2000;
/** So many a round that starting and ending are lost among them. */
const plainLines = 20_000;
/** About as many as two cores wrap in a second. */
const hashedLinesPerSecond = 80;
/** Starting and ending take a fifth of a second together, in which nothing is hashed. */
const hashedLinesMin = 800;

/**
 * The import as an operator runs it: of users without hashes, beside everything that follows from them; then the same, and users
 * whose hashes are to be wrapped, where the other apps have machines of their own, as far as one machine can show it: they stand
 * still meanwhile.
 */
export const importing: Case = {
  name: 'import',
  async run(bench) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-import-'));
    try {
      return [await plain(bench, folder), ...(await alone(bench, folder))];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function plain(bench: Bench, folder: string): Promise<Row> {
  const meanwhile = 'the outbox is published, and the other apps consume, meanwhile';
  return importPlain(bench, folder, { what: 'nothing to hash', meanwhile });
}

/** Last of all: what the other apps have missed they consume when they are started again. */
async function alone(bench: Bench, folder: string): Promise<Row[]> {
  const others = Object.values(bench.stack.apps).filter(({ name }) => name !== 'auth');
  await Promise.all(others.map((app) => app.stop()));
  try {
    const meanwhile = 'the outbox is published meanwhile, and nobody consumes';
    const what = 'nothing to hash, the other apps standing still';
    return [await importPlain(bench, folder, { what, meanwhile }), await hashed(bench, folder)];
  } finally {
    await Promise.all(others.map((app) => app.start()));
  }
}

async function importPlain(
  bench: Bench,
  folder: string,
  { what, meanwhile }: { readonly what: string; readonly meanwhile: string },
): Promise<Row> {
  const figures: number[] = [];
  await importLines(bench, folder, { lines: plainLines / 10 });
  for (let round = 0; round < bench.options.rounds; round += 1) {
    figures.push(await importLines(bench, folder, { lines: plainLines }));
  }
  const figure = median(figures);
  return {
    case: 'import',
    what: `pnpm ops users import, ${what}`,
    measured: { value: figure, unit: 'users/s' },
    figure,
    must: { atLeast: usersPerSecondMin },
    notes: [meanwhile],
  };
}

async function hashed(bench: Bench, folder: string): Promise<Row> {
  const limit = await startLimit(bench, 'argon2');
  try {
    const compared = await compareApp(
      bench,
      { app: bench.stack.apps.auth, name: 'import' },
      {
        measured: (seconds) => importLines(bench, folder, { lines: hashedLinesFor(seconds), hashed: true }),
        limit: (seconds) => askLimit(limit, { seconds }),
      },
    );
    return {
      case: 'import',
      what: 'pnpm ops users import, a hash to wrap for each, the other apps standing still',
      measured: { value: compared.measured, unit: 'users/s' },
      limit: { value: compared.limit, unit: 'hashes/s', what: 'hashing alone' },
      figure: compared.ratio,
      must: { atLeast: 0.9 },
      notes: [],
    };
  } finally {
    await limit.stop();
  }
}

function hashedLinesFor(seconds: number): number {
  return Math.max(Math.ceil(seconds * hashedLinesPerSecond), hashedLinesMin);
}

/** Imports users whom nobody has seen before. Gives the lines in a second that the command tells at its end. */
async function importLines(
  { stack }: Bench,
  folder: string,
  { lines, hashed = false }: { readonly lines: number; readonly hashed?: boolean },
): Promise<number> {
  const file = join(folder, `${randomBytes(6).toString('hex')}.jsonl`);
  await writeLines(file, lines, hashed);
  const { ca } = stack.addresses.tls;
  const own = (ending: string) => join(dirname(ca), `ops.${ending}`);
  const where = ['--auth-url', stack.addresses.apps.auth.rpc, '--ca', ca, '--cert', own('pem'), '--key', own('key')];
  const command = spawn(process.execPath, [
    join(repositoryFolder, 'scripts', 'ops.ts'),
    'users',
    'import',
    file,
    ...where,
  ]);
  let said = '';
  for (const output of [command.stdout, command.stderr]) {
    output.on('data', (chunk: Buffer) => {
      said += String(chunk);
    });
  }
  await once(command, 'close');
  const [, imported, perSecond] = /^(\d+) imported, 0 were there, 0 refused \((\d+) lines\/s\)/.exec(said) ?? [];
  if (Number(imported) !== lines) throw new Error(`the import said: ${said.slice(0, 300)}`);
  return Number(perSecond);
}

async function writeLines(file: string, lines: number, hashed: boolean): Promise<void> {
  const output = createWriteStream(file);
  for (let line = 0; line < lines; line += 1) {
    const id = randomBytes(8).toString('hex');
    // Of a recipe that nobody has to follow here: wrapping takes the same whatever made the hash.
    const passwordHash = `$pbkdf2-sha256$i=100000$${id}$${randomBytes(32).toString('base64').replaceAll('=', '')}`;
    const record = {
      externalId: id,
      email: `import.${id}@example.com`,
      emailVerified: true,
      ...(hashed && { passwordHash }),
    };
    output.write(`${JSON.stringify(record)}\n`);
  }
  output.end();
  await finished(output);
}
