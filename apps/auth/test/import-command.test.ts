import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { freshEmail, register, signIn } from './support/accounts.ts';
import { startAuth, type TestAuth } from './support/auth.ts';
import { importCallers, lineOf } from './support/imports.ts';

const auth = await startAuth({ callers: importCallers });
const folder = temporaryFolder('import');
const ops = join(import.meta.dirname, '../../../scripts/ops.ts');
const installation = await installationOf(auth);

/** By what a command finds an installation and is let in. */
async function installationOf({ files, service }: TestAuth): Promise<readonly string[]> {
  const { certFile, keyFile } = await files.certificates.issue({ name: 'operator', uris: ['spiffe://bank/app/ops'] });
  const where = ['--auth-url', `https://localhost:${service.rpcPort}`, '--ca', files.certificates.caFile];
  return [...where, '--cert', certFile, '--key', keyFile];
}

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

function start(command: string, ...args: readonly string[]): ChildProcess {
  // What is said twice counts as it was said last.
  return spawn(process.execPath, [ops, 'users', command, ...installation, ...args]);
}

/** Runs a command of the operator to its end. */
async function run(command: string, ...args: readonly string[]): Promise<Ended> {
  const child = start(command, ...args);
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.stderr += String(chunk);
  });
  await once(child, 'close');
  return { status: child.exitCode, ...said };
}

let files = 0;
function fileOf(ending: string, text: string): string {
  files += 1;
  const file = join(folder, `customers-${files}.${ending}`);
  writeFileSync(file, text);
  return file;
}

const jsonl = (lines: readonly object[]) => fileOf('jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

const countUsers = async () =>
  Number((await auth.database.query<{ n: string }>('select count(*) as n from auth.users'))[0]?.n);

const bcryptOfAbc = '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i';

describe('pnpm ops users import', { timeout: 120_000 }, () => {
  it('imports JSON lines, and ends with 0', async () => {
    const lines = [lineOf({ passwordHash: bcryptOfAbc }), lineOf({ locale: 'fr' })];
    const { status, stdout, stderr } = await run('import', jsonl(lines));
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^2 imported, 0 were there, 0 refused/);
    expect(stdout).toContain('is PASSWORD_CHECK_MIN_MS of auth set?');
    expect((await signIn(auth, { email: lines[0]?.email ?? '' }, { password: 'abc' })).status).toBe(200);
  });

  it('imports CSV with quotes, empty fields and line breaks in a field', async () => {
    const email = freshEmail();
    const rows = [
      'externalId,email,emailVerified,phone,passwordHash,locked',
      `"a ""quoted"" id",${email},true,,${bcryptOfAbc},`,
      `"two`,
      `lines",${freshEmail()},1,,,false`,
      `too,few`,
    ];
    const file = fileOf('csv', `\uFEFF${rows.join('\r\n')}\r\n`);
    const { status, stdout } = await run('import', file);
    expect([status, stdout]).toEqual([1, expect.stringMatching(/^2 imported, 0 were there, 1 refused/)]);
    expect(readFileSync(`${file}.errors.csv`, 'utf8')).toBe('line,field,rule\n5,,unreadable\n');
    expect((await signIn(auth, { email }, { password: 'abc' })).status).toBe(200);
  });

  it('writes what it refuses by line, field and rule, never a value, for the operator alone to read', async () => {
    const { email } = await register(auth);
    const secret = 'hunter2-of-somebody';
    const lines = [
      lineOf(),
      { email: secret },
      lineOf({ email }),
      { ...lineOf(), passwordHash: secret },
      { ...lineOf(), [secret]: 1 },
      { ...lineOf(), createdAt: secret },
      { emailVerified: true },
    ];
    const file = jsonl(lines);
    writeFileSync(file, `${readFileSync(file, 'utf8')}{ "email": "${secret}\n`);
    const { status, stdout, stderr } = await run('import', file);
    expect([status, stderr]).toEqual([1, '']);
    expect(stdout).toContain(`1 imported, 0 were there, 7 refused`);
    const errors = readFileSync(`${file}.errors.csv`, 'utf8');
    expect(errors.trim().split('\n')).toEqual([
      'line,field,rule',
      '2,email,email',
      '3,email,taken',
      '4,passwordHash,hash_format',
      '5,*,unknown_field',
      '6,createdAt,time',
      '7,email,required',
      '8,,unreadable',
    ]);
    expect(errors + stdout + stderr).not.toContain(secret);
    expect(statSync(`${file}.errors.csv`).mode & 0o777).toBe(0o600);
  });

  it('does nothing a second time, and nothing in a dry run', async () => {
    const file = jsonl(Array.from({ length: 1200 }, () => lineOf()));
    const before = await countUsers();
    expect((await run('import', file, '--dry-run')).stdout).toMatch(/^dry run: 1200 imported, 0 were there, 0 refused/);
    expect(await countUsers()).toBe(before);
    const { stdout } = await run('import', file);
    expect(stdout).toMatch(/^1200 imported/);
    expect(stdout).not.toContain('PASSWORD_CHECK_MIN_MS');
    expect((await run('import', file)).stdout).toMatch(/^0 imported, 1200 were there, 0 refused/);
    expect(await countUsers()).toBe(before + 1200);
  });

  it('SR-89 goes on after it was killed, at whatever point, with no user twice and no error twice', async () => {
    // Calls under way go on without the command: each round imports two thousand at least.
    const good = 9900;
    const lines = Array.from({ length: 10_000 }, (_, index) => (index % 100 === 99 ? { email: 'nobody' } : lineOf()));
    const file = jsonl(lines);
    const before = await countUsers();
    let kills = 0;
    for (let round = 0; round < 3; round += 1) {
      const already = await countUsers();
      const child = start('import', file);
      const ended = once(child, 'close');
      const isFurther = async () => (await countUsers()) > already || child.exitCode !== null;
      await until(isFurther, { everyMs: 5, deadlineMs: 60_000 });
      if (child.exitCode === null && child.kill('SIGKILL')) kills += 1;
      await ended;
    }
    expect(kills).toBeGreaterThan(1);
    expect(await countUsers()).toBeLessThan(before + good);
    const { status, stdout } = await run('import', file);
    expect(status).toBe(1);
    const [, created, already, refused] = /^(\d+) imported, (\d+) were there, (\d+) refused/.exec(stdout) ?? [];
    expect([Number(created) + Number(already), Number(refused)]).toEqual([good, 100]);
    expect(await countUsers()).toBe(before + good);
    const numbers = readFileSync(`${file}.errors.csv`, 'utf8').trim().split('\n').slice(1);
    expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => `${100 * index + 100},email,email`));
    const [twice] = await auth.database.query<{ n: string }>(
      `select count(*) as n from (select subject from auth.outbox where type = 'user.registered.v1'
        group by subject having count(*) > 1) as t`,
    );
    expect(Number(twice?.n)).toBe(0);
    expect(existsSync(`${file}.progress`)).toBe(false);
  });

  it('says so when the file has changed since it was stopped', async () => {
    const file = jsonl([lineOf()]);
    writeFileSync(`${file}.progress`, JSON.stringify({ size: 1 }));
    expect(await run('import', file)).toMatchObject({ status: 2, stderr: expect.stringContaining('is damaged') });
    const state = { runId: '01980000-0000-7000-8000-000000000000', size: 1, modifiedAt: 'x', line: 0, errorBytes: 0 };
    const elsewhere = { installation: 'https://staging:9443', firebase: '' };
    writeFileSync(`${file}.progress`, JSON.stringify({ ...state, ...elsewhere, created: 0, already: 0, refused: 0 }));
    expect(await run('import', file)).toMatchObject({ status: 2, stderr: expect.stringContaining('has changed') });
  });

  it('SR-89 is refused, with what it has written left alone, while another run imports the same file', async () => {
    const file = jsonl([{ email: 'nobody' }, ...Array.from({ length: 3000 }, () => lineOf())]);
    const first = start('import', file);
    const ended = once(first, 'close');
    await until(() => existsSync(`${file}.progress`), { everyMs: 5, deadlineMs: 60_000 });
    first.kill('SIGSTOP');
    const errors = readFileSync(`${file}.errors.csv`, 'utf8');
    const second = await run('import', file);
    expect(second).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(`process ${first.pid} imports ${file} already`),
    });
    expect(readFileSync(`${file}.errors.csv`, 'utf8')).toBe(errors);
    first.kill('SIGCONT');
    await ended;
    expect(first.exitCode).toBe(1);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  it('reads the hashes of a Firebase project', async () => {
    const config = join(folder, 'firebase.json');
    const signerKey = 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==';
    const shown = {
      algorithm: 'SCRYPT',
      base64_signer_key: signerKey,
      base64_salt_separator: 'Bw==',
      rounds: 8,
      mem_cost: 14,
    };
    writeFileSync(config, JSON.stringify(shown));
    const hash = 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==';
    const line = lineOf({ passwordHash: `$firebase-scrypt$42xEC+ixf3L2lw==$${hash}` });
    expect((await run('import', jsonl([line]), '--firebase-hash-config', config)).status).toBe(0);
    expect((await signIn(auth, line, { password: 'user1password' })).status).toBe(200);
    const dump = await auth.database.query('select password_hash from auth.credentials');
    expect(JSON.stringify(dump)).not.toContain(signerKey.slice(0, 20));
  });

  it('ends with 2 for options that do not fit, a file that is not there, and where nobody answers', async () => {
    expect((await run('import')).stderr).toContain('usage:');
    expect((await run('import', join(folder, 'nowhere.csv'))).stderr).toContain('there is no');
    expect((await run('import', fileOf('txt', 'x'))).status).toBe(2);
  });
});

describe('pnpm ops users export', { timeout: 120_000 }, () => {
  it('writes everybody as JSON lines into a new file for its owner alone, without hashes', async () => {
    const account = await register(auth);
    const out = join(folder, 'everybody.jsonl');
    const { status, stdout } = await run('export', '--out', out);
    expect([status, stdout]).toEqual([0, expect.stringContaining(`${await countUsers()} users are in ${out}`)]);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const lines = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(await countUsers());
    expect(lines.find(({ externalId }) => externalId === account.id)).toEqual({
      externalId: account.id,
      email: account.email,
      emailVerified: true,
      phoneVerified: false,
      locked: false,
      createdAt: expect.any(String),
      acceptedTerms: '2026-01',
    });
    expect(readFileSync(out, 'utf8')).not.toContain('argon2id');
    expect((await run('export', '--out', out)).stderr).toContain('nothing is overwritten');
  });

  it('writes hashes where they are asked for, and the ledger knows of both', async () => {
    const out = join(folder, 'with-hashes.jsonl');
    await run('export', '--out', out, '--with-hashes');
    expect(readFileSync(out, 'utf8')).toContain('k1:$argon2id$');
    const entries = await auth.database.query<{ details: object }>(
      `select data->'details' as details from auth.outbox where data->'details'->>'command' = 'users export' order by id`,
    );
    expect(entries.map(({ details }) => details)).toEqual([
      { command: 'users export', withHashes: false },
      { command: 'users export', withHashes: true },
    ]);
  });

  it('SR-72 writes what an import takes: passwords go on, whoever is stopped is locked, and everybody is a customer', async () => {
    const [account, suspended, colleague] = [await register(auth), await register(auth), await register(auth)];
    const imported = lineOf({ passwordHash: bcryptOfAbc });
    await run('import', jsonl([imported]));
    const change = (what: string, id: string) =>
      auth.database.query(`update auth.users set ${what} where id = $1`, [id]);
    await change(`status = 'suspended'`, suspended.id);
    await change(`roles = '{customer,support}'`, colleague.id);
    const out = join(folder, 'moved.jsonl');
    await run('export', '--out', out, '--with-hashes');
    const elsewhere = await startAuth({ callers: importCallers });
    const { status, stdout } = await run('import', out, ...(await installationOf(elsewhere)));
    expect([status, stdout]).toEqual([0, expect.stringContaining(`${await countUsers()} imported`)]);
    for (const one of [account, colleague]) expect((await signIn(elsewhere, one)).status).toBe(200);
    expect((await signIn(elsewhere, imported, { password: 'abc' })).status).toBe(200);
    expect((await signIn(elsewhere, suspended)).status).toBe(401);
    const users = await elsewhere.database.query('select distinct roles from auth.users');
    expect(users).toEqual([{ roles: ['customer'] }]);
  });
});
