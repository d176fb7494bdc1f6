import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'hono';
import type { Outcome } from '#protocols/lookups/outcomes.ts';

/** The words in which a provider answers. */
export interface Words {
  readonly found: (name: string | null) => object;
  readonly notFound: () => { readonly status: 400 | 422; readonly body: object };
  readonly failed: () => object;
}

export interface Slowness {
  readonly slowMs: number;
  readonly signal: AbortSignal;
}

/** Answers a question about an account as its outcome says, in the words of the provider. */
export async function answer(
  context: Context,
  outcome: Outcome,
  words: Words,
  { slowMs, signal }: Slowness,
): Promise<Response> {
  switch (outcome.kind) {
    case 'found':
      return context.json(words.found(outcome.name));
    case 'slow':
      await delay(slowMs, undefined, { signal });
      return context.json(words.found(outcome.name));
    case 'not_found': {
      const { status, body } = words.notFound();
      return context.json(body, status);
    }
    case 'status':
      return context.json(words.failed(), outcome.status);
    case 'malformed':
      return context.html('<h1>It works!</h1>');
    case 'redirect':
      return context.redirect('/health/live');
  }
}
