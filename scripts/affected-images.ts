// Prints the images that a change reaches as a JSON list: `node scripts/affected-images.ts <last commit whose images
// are all there>`. Where that commit is unknown (the first run, a forced push, `everything`) all of them are.
import { repositoryFolder } from '#stack/settings/repository.ts';
import { affectedImages } from '#verify/affected-images.ts';

const [before = 'everything'] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await affectedImages(repositoryFolder, before))}\n`);
