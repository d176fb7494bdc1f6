import type { Foundations } from '@bank/composition';
import { type Antivirus, createClamd } from '#adapters/content/antivirus.ts';
import { createLane, type Lane } from '#adapters/content/lane.ts';
import { createLinkSigner, type LinkSigner } from '#adapters/links/link-signer.ts';
import { openStorages, type Storages } from '#adapters/storage/open-storages.ts';
import type { Config } from '#config.ts';
import { scanTimeoutMs } from '#features/file/policies.ts';
import { tierPicturesMax } from '#features/kyc/policies.ts';
import type { FilePurpose } from '#storage/files/file.entity.ts';

/** What files of users need beside their rows. */
export interface FileServices {
  readonly storages: Storages;
  readonly links: LinkSigner;
  /** Undefined where nobody looks for what harms machines. */
  readonly antivirus: Antivirus | undefined;
  /**
   * Where uploads are checked: each lies in memory as a whole, and its image once more as pixels. A user may complete all that a tier
   * needs at once: what finds no place waits. Whoever sends more keeps nobody else waiting.
   */
  readonly checks: Lane;
  /** Where documents that staff look at are drawn on, the same way: no upload keeps staff waiting. */
  readonly drawings: Lane;
  /** Where files are opened. */
  readonly readers: Lane;
  /** Where clients reach the API. */
  readonly baseUrl: string;
  /** Counts what became of an upload. */
  count(purpose: FilePurpose, outcome: string): void;
}

const readersMax = 8;
const waitingPerPlace = 8;

/** Puts together what the configuration says about files. Nothing is called yet. */
export async function createFileServices(
  config: Config,
  { clock, keyrings, metrics }: Foundations,
): Promise<FileServices> {
  const [origin] = config.API_ORIGINS;
  const baseUrl = origin ?? new URL(config.TOKEN_ISSUER).origin;
  const links = createLinkSigner(keyrings.open('links'), clock);
  const uploads = metrics.counter('uploads_total', 'Uploads that became a file, or what spoke against them', [
    'purpose',
    'outcome',
  ]);
  const { CLAMD_ADDRESS: clamd, FILE_CHECKS_MAX: width } = config;
  return {
    storages: await openStorages(config, { signer: links, metrics, baseUrl }),
    links,
    antivirus: clamd === undefined ? undefined : createClamd(clamd, scanTimeoutMs),
    checks: createLane({ width, waitingMax: width * waitingPerPlace, perUserMax: tierPicturesMax }),
    drawings: createLane({ width, waitingMax: width * waitingPerPlace }),
    readers: createLane({ width: readersMax, waitingMax: readersMax * waitingPerPlace }),
    baseUrl,
    count: (purpose, outcome) => uploads.inc({ purpose, outcome }),
  };
}
