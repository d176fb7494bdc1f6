import { readFileSync } from 'node:fs';

const ticksPerSecond = 100; // USER_HZ, which Linux has fixed for programs

/** Seconds of processor time that a process has used so far; undefined where the system does not say. */
function cpuSeconds(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // The name in brackets may hold spaces; after it user and system time are the 12th and 13th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** The share of one core that a process uses while `work` goes on. */
export async function watched<T>(
  pid: number | undefined,
  work: () => Promise<T>,
): Promise<{ result: T; cores: number }> {
  const before = pid === undefined ? undefined : cpuSeconds(pid);
  const startedAt = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedAt) / 1000;
  const after = pid === undefined ? undefined : cpuSeconds(pid);
  return { result, cores: before === undefined || after === undefined ? Number.NaN : (after - before) / seconds };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
