import type { AccessClaims, Demand, Guard } from '@bank/verifier';
import express, { type Express, type RequestHandler, type Response } from 'express';

/** Lets those requests pass that the guard admits. Once on the way of a request: a proof is used up by the first look. */
export function authenticated(guard: Guard, demand?: Demand): RequestHandler {
  return async (request, response, next) => {
    const { method, originalUrl, headers } = request;
    const admission = await guard.admit({ method, url: originalUrl, headers }, demand);
    response.set(admission.headers);
    if (admission.kind === 'refused') {
      response.status(admission.status).type('application/problem+json').send(JSON.stringify(admission.problem));
    } else {
      response.locals['claims'] = admission.claims;
      next();
    }
  };
}

export function createApp(guard: Guard): Express {
  const app = express();
  app.get('/v1/payments', authenticated(guard), (_request, response: Response<unknown, { claims: AccessClaims }>) => {
    response.json({ of: response.locals.claims.sub });
  });
  app.post(
    '/v1/payments',
    authenticated(guard, { acr: 'aal2', maxAgeSeconds: 300 }),
    (_request, response: Response<unknown, { claims: AccessClaims }>) => {
      response.status(201).json({ by: response.locals.claims.sub });
    },
  );
  return app;
}
