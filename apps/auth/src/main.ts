import { runService } from '@bank/service-kit';
import { loadConfig } from '#config.ts';
import { createService } from '#service.ts';

await runService(() => createService(loadConfig(process.env)));
