// Shows the OpenAPI document as a page. Text goes in as text alone, never as markup.

const methods = ['get', 'post', 'put', 'patch', 'delete'];

const operationsElement = document.querySelector('#operations');
const filterElement = document.querySelector('#filter');

show().catch((error) =>
  operationsElement.replaceChildren(element('p', {}, `The document cannot be shown: ${error.message}`)),
);

async function show() {
  const response = await fetch('openapi.json');
  if (!response.ok) {
    throw new Error(`${response.status} ${response.statusText}`);
  }
  const openApi = await response.json();
  const sections = (openApi.tags ?? []).map(({ name }) => section(openApi, name));
  operationsElement.replaceChildren(...sections);
  filterElement.addEventListener('input', () => filter(filterElement.value.trim().toLowerCase()));
}

/** The operations of one tag. */
function section(openApi, tag) {
  const operations = Object.entries(openApi.paths).flatMap(([path, item]) =>
    methods
      .filter((method) => item[method]?.tags?.includes(tag))
      .map((method) => operation(openApi, method, path, item[method])),
  );
  return element('section', {}, element('h2', {}, tag), ...operations);
}

function operation(openApi, method, path, described) {
  const title = element(
    'summary',
    {},
    element('code', {}, `${method.toUpperCase()} ${path}`),
    element('span', {}, described.summary ?? ''),
  );
  const body = described.requestBody?.content?.['application/json']?.schema;
  const search = `${method} ${path} ${described.summary ?? ''}`.toLowerCase();
  return element(
    'details',
    { 'data-search': search },
    title,
    element('p', {}, described.description ?? ''),
    element('p', {}, access(described.security ?? openApi.security)),
    ...parameters(openApi, described.parameters ?? []),
    ...(body === undefined ? [] : [element('h3', {}, 'Body'), element('pre', {}, shape(openApi, body))]),
    ...Object.entries(described.responses).flatMap(([status, answer]) =>
      response(openApi, status, resolve(openApi, answer)),
    ),
  );
}

function access(security) {
  return security === undefined || security.length === 0 ? 'Open to anybody.' : 'Needs an access token.';
}

function parameters(openApi, list) {
  if (list.length === 0) {
    return [];
  }
  const rows = list
    .map((parameter) => resolve(openApi, parameter))
    .flatMap((parameter) => [
      element('dt', {}, element('code', {}, parameter.name)),
      element(
        'dd',
        {},
        [parameter.in, parameter.required ? 'required' : 'optional', parameter.description ?? ''].join(' · '),
      ),
    ]);
  return [element('h3', {}, 'Parameters'), element('dl', {}, ...rows)];
}

/** A success with its shape; a failure with its error codes. */
function response(openApi, status, answer) {
  const success = answer.content?.['application/json']?.schema;
  const problem = answer.content?.['application/problem+json']?.schema;
  const heading = element('h3', {}, `${status} ${answer.description}`);
  if (success !== undefined) {
    return [heading, element('pre', {}, shape(openApi, success))];
  }
  return problem === undefined ? [heading] : [heading, element('p', {}, problemCodes(problem).join(', '))];
}

function problemCodes(schema) {
  return (schema.allOf ?? [schema]).flatMap((part) => part.properties?.code?.enum ?? []);
}

/** A schema as indented text, one property a line. */
function shape(openApi, schema, indent = '') {
  const known = resolve(openApi, schema);
  const alternatives = known.anyOf ?? known.oneOf;
  if (alternatives !== undefined) {
    return alternatives.map((part) => shape(openApi, part, indent)).join(' | ');
  }
  if (known.allOf !== undefined) {
    return known.allOf.map((part) => shape(openApi, part, indent)).join(' & ');
  }
  if (known.const !== undefined || known.enum !== undefined) {
    return (known.enum ?? [known.const]).map((value) => JSON.stringify(value)).join(' | ');
  }
  if (known.type === 'array') {
    return `[${shape(openApi, known.items ?? {}, indent)}]`;
  }
  if (known.properties === undefined) {
    return [known.type ?? 'any', known.format, bounds(known)].filter(Boolean).join(' ');
  }
  const lines = Object.entries(known.properties).map(([name, property]) => {
    const mark = known.required?.includes(name) ? '' : '?';
    return `${indent}  ${name}${mark}: ${shape(openApi, property, `${indent}  `)}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function bounds({ minLength, maxLength, minimum, maximum }) {
  const [low, high] = [minLength ?? minimum, maxLength ?? maximum];
  return low === undefined && high === undefined ? undefined : `(${low ?? ''}…${high ?? ''})`;
}

function resolve(openApi, value) {
  if (value?.$ref === undefined) {
    return value;
  }
  const path = value.$ref.replace('#/', '').split('/');
  return resolve(
    openApi,
    path.reduce((at, name) => at?.[name], openApi),
  );
}

function filter(text) {
  for (const details of document.querySelectorAll('details')) {
    details.hidden = !details.dataset.search.includes(text);
  }
  for (const group of document.querySelectorAll('section')) {
    group.hidden = group.querySelector('details:not([hidden])') === null;
  }
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    made.setAttribute(attribute, value);
  }
  made.append(...children);
  return made;
}
