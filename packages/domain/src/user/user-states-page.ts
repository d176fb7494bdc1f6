import type { Capability, Mover, UserState } from '#user/user-states.ts';
import { capabilities, isBlocked, movers, userStates } from '#user/user-states.ts';

const capabilityMeanings: Record<Capability, string> = {
  sign_in: 'open a session',
  session: 'use or refresh a session that exists; entering the state ends them all',
  recovery: 'reset the password or recover the account',
  change: "change the user's own data",
  notice: 'receive messages',
  lookup: 'be found by email, phone or name',
};

const moverMeanings: Record<Mover, string> = {
  user: 'the person, after recovery',
  staff: 'staff directly, with a reason',
  approval: 'staff through an approval: two people',
  system: 'a safety rule of ours',
  erasure: 'the erasure job, after the grace period and without a legal hold',
};

/** The page `docs/user-states.md`, so that what is documented is the table that the code decides by. */
export function renderUserStatesPage(): string {
  const states = Object.keys(userStates.states) as UserState[];
  return [
    '# User states',
    '',
    '<!-- Generated from packages/domain/src/user/user-states.ts by `pnpm --filter @bank/domain codegen`. -->',
    '',
    `A user begins as \`${userStates.initial}\`, when a registration is verified. A registration that is not verified is not a user,`,
    'so there is no pending state. The short lock after wrong passwords is a counter, not a state.',
    '',
    ...table(
      ['state', 'meaning', ...capabilities.map(code)],
      states.map((state) => [code(state), userStates.states[state].meaning, ...blockedColumns(state)]),
    ),
    '',
    'What a cross forbids:',
    '',
    ...capabilities.map((capability) => `- ${code(capability)}: ${capabilityMeanings[capability]}`),
    '',
    '## Transitions',
    '',
    'Every other move is refused with `user.transition.illegal`.',
    '',
    ...table(
      ['from', 'to', 'by', 'why'],
      userStates.transitions.map(({ from, to, by, why }) => [code(from), code(to), by.map(code).join(', '), why]),
    ),
    '',
    'Who moves a user:',
    '',
    ...movers.map((mover) => `- ${code(mover)}: ${moverMeanings[mover]}`),
    '',
  ].join('\n');
}

function blockedColumns(state: UserState): string[] {
  return capabilities.map((capability) => (isBlocked(state, capability) ? '✗' : ''));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function code(text: string): string {
  return `\`${text}\``;
}
