// What tests plant in every personal and secret field stands in no log that CI keeps (SR-85). Ends with 1 where it does.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { searchLogs } from '#canaries/logs.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

const folder = join(repositoryFolder, '.stack');
const { files, finds } = existsSync(folder) ? searchLogs(folder) : { files: [], finds: [] };
for (const find of finds) console.error(find);
console.log(`${files.length} logs searched, ${finds.length} canaries found`);
if (finds.length > 0) process.exitCode = 1;
