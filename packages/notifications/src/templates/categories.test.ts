import { expect, test } from 'vitest';
import { categoryOf } from '#templates/categories.ts';
import type { ParameterRules } from '#templates/parameters.ts';
import { smsTemplates } from '#templates/sms-templates.ts';
import { templates } from '#templates/templates.ts';

const all: Readonly<Record<string, ParameterRules>> = { ...templates, ...smsTemplates };

test('nobody can switch off a code, a link, or a message that there is not', () => {
  const secrets = Object.entries(all).filter(([, rules]) => 'code' in rules || 'url' in rules);
  expect(secrets.length).toBeGreaterThan(10);
  for (const [name] of secrets) expect([name, categoryOf(name)]).toEqual([name, 'security']);
  expect(['constructor', '', 'nothing'].map(categoryOf)).toEqual(['security', 'security', 'security']);
});

test('a welcome is about the account', () => {
  expect(categoryOf('welcome')).toBe('account');
});
