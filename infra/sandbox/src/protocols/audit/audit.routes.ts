import { Hono } from 'hono';
import { html } from 'hono/html';
import type { AuditProtocol } from '#protocols/audit/audit.ts';
import { behaviours, isBehaviour } from '#protocols/audit/behaviour.ts';

const limitMax = 500;
const limitDefault = 50;
const shardLast = 15;

/**
 * What the Audit service has taken: `GET /api/audit[?shard=&limit=]`, `DELETE /api/audit[?shard=&after=]` to go back as
 * after a restore, `PUT /api/audit/behaviour`, and the page `/audit`.
 */
export function auditRoutes(audit: AuditProtocol): Hono {
  const { store } = audit;
  const app = new Hono();
  app.get('/api/audit', (context) => {
    const { shard, limit = String(limitDefault) } = context.req.query();
    const items = shard === undefined ? undefined : listOf(audit, wholeNumber(shard, shardLast), limit);
    if (shard !== undefined && items === undefined) return context.json(badQuery, 400);
    const { behaviour } = audit;
    return context.json({ behaviour, entries: countOf(audit), heads: headsOf(audit), ...(items && { items }) });
  });
  app.delete('/api/audit', (context) => {
    const { shard, after = '0' } = context.req.query();
    const kept = wholeNumber(after, Number.MAX_SAFE_INTEGER);
    const chosen = shard === undefined ? undefined : wholeNumber(shard, shardLast);
    if (kept === undefined || (shard !== undefined && chosen === undefined)) return context.json(badQuery, 400);
    const shards = chosen === undefined ? Array.from({ length: shardLast + 1 }, (_, index) => index) : [chosen];
    for (const each of shards) store.forget(each, kept);
    return context.body(null, 204);
  });
  app.put('/api/audit/behaviour', async (context) => {
    const asked: unknown = await context.req.json().catch(() => undefined);
    const behaviour = (asked as { behaviour?: unknown } | null | undefined)?.behaviour;
    if (!isBehaviour(behaviour)) return context.json(badBehaviour, 400);
    audit.behaviour = behaviour;
    return context.body(null, 204);
  });
  app.get('/audit', (context) => context.html(auditPage(audit)));
  return app;
}

const badQuery = { error: 'shard must be 0 to 15, limit 1 to 500, after a whole number' };
const badBehaviour = { error: `behaviour must be one of ${Object.keys(behaviours).join(', ')}` };

function listOf({ store }: AuditProtocol, shard: number | undefined, limit: string) {
  const most = wholeNumber(limit, limitMax);
  return shard === undefined || most === undefined ? undefined : store.list(shard, most);
}

function headsOf({ store }: AuditProtocol) {
  return store.heads().map(({ shard, position, hash }) => ({ shard, position, hash: hash.toString('base64url') }));
}

function countOf({ store }: AuditProtocol): number {
  return store.heads().reduce((total, { position }) => total + position, 0);
}

function wholeNumber(text: string, max: number): number | undefined {
  return /^\d{1,16}$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}

function auditPage(audit: AuditProtocol) {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sandbox audit service</title></head>
<body>
<h1>Sandbox audit service</h1>
<p>${countOf(audit)} entries; behaviour: ${audit.behaviour}. Entries of a shard: <code>/api/audit?shard=0</code></p>
<table>
<tr><th>shard</th><th>entries</th><th>hash of the last</th></tr>
${headsOf(audit).map(({ shard, position, hash }) => html`<tr><td>${shard}</td><td>${position}</td><td><code>${hash}</code></td></tr>`)}
</table>
</body>
</html>`;
}
