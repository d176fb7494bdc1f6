import { Hono } from 'hono';
import { type Channel, channels, type Inbox, type InboxFilter } from '#inbox/inbox.ts';
import { inboxPage, messageList } from '#inbox/page.ts';
import type { Documented } from '#protocols/protocol.ts';

// The page's own style and script are inline; mail is shown in a frame that may do nothing but look like something.
const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const mailPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'";

/** The inbox's API (`GET` and `DELETE /api/messages`), its page, and the health of the process. */
export function inboxRoutes(inbox: Inbox, protocols: readonly Documented[]): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('Cache-Control', 'no-store');
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Referrer-Policy', 'no-referrer');
  });
  app.get('/health/live', (context) => context.json({ status: 'live' }));
  app.get('/health/ready', (context) => context.json({ status: 'ready' }));
  addApi(app, inbox);
  addPages(app, inbox, protocols);
  return app;
}

function addApi(app: Hono, inbox: Inbox): void {
  app.get('/api/messages', (context) => {
    const filter = readFilter(context.req.query());
    if (filter === undefined) return context.json(unknownChannel, 400);
    return context.json({ items: inbox.list(filter) });
  });
  app.delete('/api/messages', (context) => {
    const filter = readFilter(context.req.query());
    if (filter === undefined) return context.json(unknownChannel, 400);
    inbox.remove(filter);
    return context.body(null, 204);
  });
}

function addPages(app: Hono, inbox: Inbox, protocols: readonly Documented[]): void {
  app.get('/', (context) => {
    context.header('Content-Security-Policy', pagePolicy);
    return context.html(inboxPage(inbox.list(), protocols));
  });
  app.get('/list', (context) => {
    const etag = `"${inbox.version}"`;
    context.header('ETag', etag);
    if (context.req.header('if-none-match') === etag) return context.body(null, 304);
    return context.html(messageList(inbox.list()));
  });
  app.get('/messages/:id/html', (context) => {
    const found = inbox.find(context.req.param('id'));
    context.header('Content-Security-Policy', mailPolicy);
    return found === undefined ? context.notFound() : context.html(found.message.html);
  });
  app.get('/messages/:id/source', (context) => {
    const found = inbox.find(context.req.param('id'));
    return found === undefined ? context.notFound() : context.text(found.source);
  });
}

const unknownChannel = { error: `channel must be one of ${channels.join(', ')}` };

function readFilter(query: Record<string, string>): InboxFilter | undefined {
  const { to, channel } = query;
  if (channel !== undefined && !isChannel(channel)) return undefined;
  return { to, channel };
}

function isChannel(value: string): value is Channel {
  return channels.some((channel) => channel === value);
}
