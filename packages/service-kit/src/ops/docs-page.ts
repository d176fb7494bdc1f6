import { createHash } from 'node:crypto';
import type { OpenApiDocument } from '#openapi/document.ts';
import type { Operation } from '#openapi/types.ts';

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; }
details { border: 1px solid #8886; border-radius: 6px; margin: .4rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
code, pre, .method { font-family: ui-monospace, monospace; font-size: .9em; }
.method { display: inline-block; width: 4.5rem; font-weight: 700; }
.public { float: right; opacity: .7; }
pre { overflow-x: auto; background: #8881; padding: .6rem; border-radius: 6px; }
`;

/** Nothing is loaded from anywhere and nothing runs: the only thing allowed is this page's own style. */
export const docsPolicy = `default-src 'none'; style-src 'sha256-${sha256(style)}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** The OpenAPI document as one page of plain HTML: readable offline, without scripts. */
export function docsPage(document: OpenApiDocument): string {
  const { title, version } = document.info;
  const sections = document.tags.map(({ name }) => section(name, operationsOf(document, name)));
  const problem = `<h2>Problem</h2><p>Every error has this body.</p>${json(document.components.schemas['Problem'])}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title><style>${style}</style></head><body>`,
    `<h1>${escapeHtml(title)} ${escapeHtml(version)}</h1>`,
    ...sections,
    problem,
    '</body></html>',
  ].join('\n');
}

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

function operationsOf(document: OpenApiDocument, tag: string): Listed[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => ({ method, path, operation })),
  );
}

function section(name: string, operations: readonly Listed[]): string {
  return `<section><h2>${escapeHtml(name)}</h2>${operations.map(entry).join('\n')}</section>`;
}

function entry({ method, path, operation }: Listed): string {
  const { description, parameters, requestBody, responses, security, summary } = operation;
  const access = security.length === 0 ? '<span class="public">no sign-in</span>' : '';
  return [
    `<details><summary><span class="method">${escapeHtml(method.toUpperCase())}</span> <code>${escapeHtml(path)}</code>`,
    ` ${escapeHtml(summary)}${access}</summary>`,
    description === undefined ? '' : `<p>${escapeHtml(description)}</p>`,
    parameters === undefined ? '' : `<h4>Parameters</h4>${json(parameters)}`,
    requestBody === undefined ? '' : `<h4>Body</h4>${json(requestBody.content)}`,
    ...Object.entries(responses).map(([status, response]) => answer(status, response)),
    '</details>',
  ].join('');
}

function answer(status: string, response: Operation['responses'][string]): string {
  const heading = `<h4>${escapeHtml(status)} ${escapeHtml(response.description)}</h4>`;
  return response.content === undefined ? heading : heading + json(response.content);
}

function json(value: unknown): string {
  return `<pre>${escapeHtml(JSON.stringify(value, null, 2))}</pre>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
