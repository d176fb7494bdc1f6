// What tests plant in every personal and secret field stands in no log that CI keeps (SR-85): neither in those of the stacks that
// end-to-end tests started, nor in those of the stores. Ends with 1 where it does, and where the log of an app is missing.
import { join } from 'node:path';
import { appsUnsearched, journeyLogs, searchLogs } from '#canaries/logs.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

const journeys = searchLogs(journeyLogs);
const stores = searchLogs(join(repositoryFolder, '.stack'));
const finds = [...journeys.finds, ...stores.finds];
const unsearched = appsUnsearched(journeys.files);
for (const find of finds) console.error(find);
for (const app of unsearched) console.error(`there is no log of ${app} in ${journeyLogs}`);
console.log(`${journeys.files.length + stores.files.length} logs searched, ${finds.length} canaries found`);
if (finds.length + unsearched.length > 0) process.exitCode = 1;
