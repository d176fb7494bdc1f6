import type { AccessClaims, Demand, Guard } from '@bank/verifier';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';

/** Lets those requests pass that the guard admits. Once on the way of a request: a proof is used up by the first look. */
export function authenticated(guard: Guard, demand?: Demand) {
  return createMiddleware<{ Variables: { claims: AccessClaims } }>(async (context, next) => {
    const admission = await guard.admit(context.req.raw, demand);
    if (admission.kind === 'refused') {
      const headers = { ...admission.headers, 'content-type': 'application/problem+json' };
      return context.body(JSON.stringify(admission.problem), admission.status, headers);
    }
    context.set('claims', admission.claims);
    await next();
    for (const [name, value] of Object.entries(admission.headers)) context.header(name, value);
    return undefined;
  });
}

export function createApp(guard: Guard): Hono {
  const app = new Hono();
  app.get('/v1/payments', authenticated(guard), (context) => context.json({ of: context.get('claims').sub }));
  app.post('/v1/payments', authenticated(guard, { acr: 'aal2', maxAgeSeconds: 300 }), (context) =>
    context.json({ by: context.get('claims').sub }, 201),
  );
  return app;
}
