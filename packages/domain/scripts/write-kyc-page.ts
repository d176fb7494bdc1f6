import { readFileSync, writeFileSync } from 'node:fs';
import { renderKycPage } from '#kyc/kyc-page.ts';

const page = new URL('../../../docs/kyc.md', import.meta.url);
writeFileSync(page, renderKycPage(readFileSync(page, 'utf8')));
