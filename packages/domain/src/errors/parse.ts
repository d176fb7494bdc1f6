import * as v from 'valibot';
import type { FieldError } from '#errors/domain-error.ts';
import { DomainError } from '#errors/domain-error.ts';

const fieldErrorsMax = 20;
const ruleName = /^[a-z][a-z0-9_]{0,63}$/;
const plainKey = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/**
 * Parses input against a schema. A schema names its own rules by giving an action a message in snake case
 * (`v.check(isEmail, 'email')`); otherwise valibot's name of the action is the rule. An extra key is `unknown_field`,
 * a missing one `required`. No value of the input is ever repeated.
 * @throws request.invalid with `details.errors`
 */
export function parse<const S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (result.success) {
    return result.output;
  }
  throw new DomainError('request.invalid', {
    details: { errors: result.issues.slice(0, fieldErrorsMax).map(toFieldError) },
  });
}

function toFieldError(issue: v.BaseIssue<unknown>): FieldError {
  return { path: (issue.path ?? []).map(pathSegment).join('.'), rule: ruleOf(issue) };
}

/** A key that the client made up could carry anything, so only plain names are repeated. */
function pathSegment(item: v.IssuePathItem): string {
  if (typeof item.key === 'number') {
    return String(item.key);
  }
  return typeof item.key === 'string' && plainKey.test(item.key) ? item.key : '*';
}

function ruleOf(issue: v.BaseIssue<unknown>): string {
  if (issue.path?.at(-1)?.origin === 'key') {
    return issue.expected === 'never' ? 'unknown_field' : 'required';
  }
  return ruleName.test(issue.message) ? issue.message : issue.type;
}
