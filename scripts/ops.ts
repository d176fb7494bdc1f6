// `pnpm ops <area> <command>`: what operators do by hand. Exit code 0: all is well, 1: it is not, 2: it could not be found out.
import { enableCompileCache } from 'node:module';
import { runCommand } from '#ops/run-command.ts';
import { compiledFolder } from '#stack/settings/repository.ts';

enableCompileCache(compiledFolder);
process.exitCode = await runCommand(process.argv.slice(2));
