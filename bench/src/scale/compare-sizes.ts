import { median } from '@bank/test-bed';
import type { Bench } from '#bench.ts';
import type { Row } from '#row.ts';
import { type Clones, openClones } from '#scale/clones.ts';
import type { DataSet } from '#scale/data-set.ts';
import { openTableMeter, type TableUse } from '#scale/table-use.ts';
import { ratioOfRounds } from '#statistics.ts';

/** Something that the apps do, on little data and on much. */
export interface SizedWork {
  readonly what: string;
  /** The tables with the data, whose pages are counted. */
  readonly tables: readonly string[];
  /** Does it so many times. */
  repeat(bench: Bench, times: number): Promise<unknown>;
  /** The 99th percentile of its milliseconds at a steady pace; left out where something else takes most of the time. */
  p99?(bench: Bench, seconds: number): Promise<number>;
}

interface Sizes {
  readonly name: string;
  readonly small: DataSet;
  readonly large: DataSet;
}

interface Measured {
  readonly p99s: number[];
  use: TableUse;
}

const atMostTwice = { atMost: 2 };
const timesCounted = 200;

/**
 * Does each work on the small and on the large data in turn, with the apps started anew and warmed up each time. Two rows a
 * work: what takes the time, and what is read.
 */
export async function compareSizes(bench: Bench, sizes: Sizes, works: readonly SizedWork[]): Promise<Row[]> {
  const clones = await openClones(bench, [sizes.small, sizes.large]);
  try {
    const small = new Map(works.map((work) => [work, nothingYet()]));
    const large = new Map(works.map((work) => [work, nothingYet()]));
    for (let round = 0; round < bench.options.rounds; round += 1) {
      await measure(clones, sizes.small, small, round);
      await measure(clones, sizes.large, large, round);
    }
    return works.flatMap((work) => {
      return rowsOf(sizes, work, { small: small.get(work) ?? nothingYet(), large: large.get(work) ?? nothingYet() });
    });
  } finally {
    await clones.close();
  }
}

function nothingYet(): Measured {
  return { p99s: [], use: { buffers: Number.NaN, wholeReads: Number.NaN } };
}

async function measure(
  clones: Clones,
  data: DataSet,
  figures: ReadonlyMap<SizedWork, Measured>,
  round: number,
): Promise<void> {
  const bench = await clones.on(data);
  const seconds = bench.options.seconds / bench.options.rounds;
  for (const [work, measured] of figures) {
    if (work.p99 === undefined) continue;
    bench.report(`${data.name}, round ${round + 1}: ${work.what}`);
    await work.p99(bench, seconds);
    measured.p99s.push(await work.p99(bench, seconds));
  }
  // How many pages are looked at does not depend on the hour.
  if (round === 0) await count(bench, figures);
}

async function count(bench: Bench, figures: ReadonlyMap<SizedWork, Measured>): Promise<void> {
  bench.report('counting pages');
  const meter = await openTableMeter(bench.stack);
  for (const [work, measured] of figures) {
    measured.use = await meter.during(work.tables, () => work.repeat(bench, timesCounted));
  }
}

function rowsOf(
  { name, small: { name: smallName }, large: { name: largeName } }: Sizes,
  work: SizedWork,
  { small, large }: { readonly small: Measured; readonly large: Measured },
): Row[] {
  const perTime = ({ buffers }: TableUse) => buffers / timesCounted;
  const read: Row = {
    case: name,
    what: `${work.what}, ${largeName}: pages`,
    measured: { value: perTime(large.use), unit: 'pages' },
    limit: { value: perTime(small.use), unit: 'pages', what: smallName },
    figure: large.use.buffers / small.use.buffers,
    must: atMostTwice,
    notes: [`${work.what}: ${work.tables.join(', ')}; read from end to end ${large.use.wholeReads} times`],
  };
  if (large.p99s.length === 0) return [read];
  const time: Row = {
    ...read,
    what: `${work.what}, ${largeName}: p99`,
    measured: { value: median(large.p99s), unit: 'ms' },
    limit: { value: median(small.p99s), unit: 'ms', what: smallName },
    figure: ratioOfRounds(large.p99s, small.p99s),
    notes: [],
  };
  return [time, read];
}
