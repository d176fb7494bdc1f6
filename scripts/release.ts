// `pnpm release <version>`: makes the contracts that stand now the promise of a version, sets that version, and keeps the tree and
// the list of its migrations in `releases`. The only command that moves the baselines of the checks.
import { fileURLToPath } from 'node:url';
import { moveBaselines } from '#contracts/baselines.ts';
import { generate } from '#contracts/generate.ts';
import { releaseRefusal } from '#contracts/release.ts';
import { keepRelease } from '#contracts/release-record.ts';
import { releaseFiles } from '#contracts/releases.ts';
import { setVersion } from '#contracts/version.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const [version] = process.argv.slice(2);

if (version === undefined) {
  console.error('Say which version: pnpm release 1.2.0');
  process.exit(2);
}
const refusal = await releaseRefusal(root, version);
if (refusal !== undefined) {
  console.error(refusal);
  process.exit(1);
}
await setVersion(root, version);
await generate(root, root);
await moveBaselines(root, version);
const { bundle } = await keepRelease(root, version);
console.log(`${releaseFiles(version).bundle} holds the tree (${(bundle.sizeBytes / 1e6).toFixed(1)} MB).`);
console.log(`Baselines are those of ${version}. Commit them and tag the commit v${version}.`);
