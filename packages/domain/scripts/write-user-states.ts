import { writeFileSync } from 'node:fs';
import { renderUserStatesPage } from '#user/user-states-page.ts';

writeFileSync(new URL('../../../docs/user-states.md', import.meta.url), renderUserStatesPage());
