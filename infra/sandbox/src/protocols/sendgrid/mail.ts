/** A request of `POST /v3/mail/send`, as far as the sandbox looks at it. */
export interface SendgridMail {
  readonly to: string;
  readonly deliveryId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly template: string;
}

/** What SendGrid would say is wrong with a request. */
export interface MailProblem {
  readonly message: string;
  readonly field: string | null;
  readonly help: null;
}

type Json = { readonly [name: string]: Json } | readonly Json[] | string | number | boolean | null | undefined;

const address = /^[^\s@]{1,64}@[^\s@]{1,255}$/;

/** Reads a mail, or says what is wrong with it. */
export function readMail(source: string): SendgridMail | MailProblem {
  let body: Json;
  try {
    body = JSON.parse(source) as Json;
  } catch {
    return problem('Bad Request', null);
  }
  const personalization = at(body, 'personalizations', 0);
  const to = at(personalization, 'to', 0, 'email');
  if (personalization === undefined) return problem('The personalizations field is required.', 'personalizations');
  if (typeof to !== 'string' || !address.test(to)) {
    return problem('Does not contain a valid address.', 'personalizations.0.to.0.email');
  }
  const from = at(body, 'from', 'email');
  if (typeof from !== 'string' || !address.test(from)) {
    return problem('The from email does not contain a valid address.', 'from.email');
  }
  const subject = at(body, 'subject');
  if (typeof subject !== 'string' || subject === '') return problem('The subject is required.', 'subject');
  const [text, html] = [contentOf(body, 'text/plain'), contentOf(body, 'text/html')];
  if (text + html === '') return problem('The content is required.', 'content');
  const deliveryId = textOf(at(personalization, 'custom_args', 'delivery_id'));
  return { to, deliveryId, subject, text, html, template: textOf(at(body, 'headers', 'X-Template')) };
}

function problem(message: string, field: string | null): MailProblem {
  return { message, field, help: null };
}

function at(value: Json, ...path: readonly (string | number)[]): Json {
  return path.reduce<Json>((inner, key) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return (inner as Readonly<Record<string | number, Json>>)[key];
  }, value);
}

function contentOf(body: Json, type: string): string {
  const parts = at(body, 'content');
  const part = Array.isArray(parts) ? parts.find((one: Json) => at(one, 'type') === type) : undefined;
  return textOf(at(part as Json, 'value'));
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : '';
}
