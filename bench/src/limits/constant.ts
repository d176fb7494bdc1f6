// Hono answering a constant: what one process of this machine can serve at best over HTTP.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const answer = {
  id: '019ac0de-0000-7000-8000-000000000000',
  acr: 'aal1',
  amr: ['pwd'],
  authTime: '2026-01-01T00:00:00.000Z',
  deviceId: '019ac0de-0000-7000-8000-000000000001',
  expiresAt: '2026-01-01T00:05:00.000Z',
};

const app = new Hono().get('/', (c) => c.json(answer));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
