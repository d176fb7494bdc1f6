import type { Metrics } from '@bank/observability';
import type { HttpReply } from '#http/contract/reply.ts';
import type { OpenApiDocument } from '#openapi/document.ts';
import { docsPage, docsPolicy } from '#ops/docs-page.ts';
import type { Readiness } from '#ops/readiness.ts';

/** A page for operators on the service's own port, which the gateway never routes: no guards, no place in the document. */
export interface OpsPage {
  readonly path: string;
  answer(): Promise<HttpReply>;
}

export interface OpsOptions {
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly document: () => OpenApiDocument;
  /** The readable documentation exists in development alone (SR-81). */
  readonly docs: boolean;
}

/** Liveness, readiness, metrics, the OpenAPI document and, in development, its page. */
export function opsPages({ readiness, metrics, document, docs }: OpsOptions): readonly OpsPage[] {
  const html = once(() => docsPage(document()));
  const json = once(() => JSON.stringify(document()));
  const pages: OpsPage[] = [
    page('/health/live', async () => ({ status: 200, body: { status: 'alive' } })),
    page('/health/ready', async () => {
      const report = await readiness.report();
      return { status: report.status === 'ready' ? 200 : 503, body: report };
    }),
    page('/metrics', async () => text(metrics.contentType, await metrics.text())),
    page('/openapi.json', async () => text('application/json; charset=utf-8', json())),
  ];
  if (docs) {
    const headers = { 'content-security-policy': docsPolicy };
    pages.push(page('/docs', async () => text('text/html; charset=utf-8', html(), headers)));
  }
  return pages;
}

function page(path: string, answer: () => Promise<HttpReply>): OpsPage {
  return { path, answer };
}

function text(contentType: string, raw: string, headers: Record<string, string> = {}): HttpReply {
  return { status: 200, raw, headers: { ...headers, 'content-type': contentType } };
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
