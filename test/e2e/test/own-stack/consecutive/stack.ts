import { ownStack } from '#test-stack.ts';

/** The stack of all that lies beside this file. */
export const it = ownStack();
