import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ServiceUser } from '#stack/host/service-user.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';
import { copyOwned, writeOwned } from '#stack/stores/owned-file.ts';

/** Puts the documentation page and the OpenAPI document of all services together, where nginx may read them. */
export function makeDocsFolder(folder: string, user: ServiceUser | undefined): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const pages = join(repositoryFolder, 'infra', 'gateway', 'docs');
  for (const page of readdirSync(pages)) {
    copyOwned(join(pages, page), join(folder, page), user);
  }
  const document = readFileSync(join(repositoryFolder, 'docs', 'openapi.yaml'), 'utf8');
  writeOwned(join(folder, 'openapi.yaml'), document, user);
  writeOwned(join(folder, 'openapi.json'), JSON.stringify(parse(document)), user); // browsers read no YAML
  return folder;
}
