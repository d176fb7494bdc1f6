import { Hono } from 'hono';
import type { Holders } from '#protocols/lookups/outcomes.ts';

/** `PUT /api/holders/{number}` `{ "name": … }`: whose an account is from now on, at every bank and biller. */
export function holderRoutes(holders: Holders): Hono {
  const app = new Hono();
  app.put('/api/holders/:number', async (context) => {
    const asked: unknown = await context.req.json().catch(() => undefined);
    const name = (asked as { name?: unknown } | null | undefined)?.name;
    if (typeof name !== 'string' || name === '') return context.json({ error: 'name must be a text' }, 400);
    holders.set(context.req.param('number'), name);
    return context.body(null, 204);
  });
  return app;
}
