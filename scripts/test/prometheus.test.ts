import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prometheusPrograms } from '#stack/host/binaries.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (Alert | { readonly record: string })[] }[];
}

const folder = join(repositoryFolder, 'infra', 'prometheus');
const runbooks = join(repositoryFolder, 'docs', 'deployment', 'runbooks');
const read = (file: string): unknown => parse(readFileSync(join(folder, file), 'utf8'));
const { rule_files: ruleFiles } = read('prometheus.yml') as { rule_files: readonly string[] };
const alerts = ruleFiles
  .flatMap((file) => (read(file) as RuleFile).groups)
  .flatMap((group) => group.rules.filter((rule): rule is Alert => 'alert' in rule));
const ruleTests = ['rules.test.yml', 'rules-over-hours.test.yml', 'watching.test.yml'];
const tests = ruleTests.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');

function promtool(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(prometheusPrograms().promtool, args, { cwd: folder, encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

describe('infra/prometheus', () => {
  it('is a configuration that Prometheus takes', () => {
    expect(promtool('check', 'config', 'prometheus.yml')).toMatchObject({ status: 0 });
  });

  it('alerts when it must and not when all is well', () => {
    expect(promtool('test', 'rules', ...ruleTests)).toMatchObject({ status: 0 });
  });

  it('misses every app whose processes it scrapes', () => {
    const apps = (read('targets.yml') as readonly { labels: { app: string } }[]).map(({ labels }) => labels.app);
    const { expr = '' } = alerts.find(({ alert }) => alert === 'TargetsMissing') ?? {};
    const missed = [...expr.matchAll(/absent\(up\{job="user-service",app="(\w+)"\}\)/g)].map(([, app]) => app);
    expect(missed).toEqual(apps);
  });

  it.each(alerts.map(({ alert }) => alert))('tries %s, which fires somewhere in those tests', (alert) => {
    expect(tests).toContain(`alertname="${alert}"`);
  });
});

describe('runbooks', () => {
  const pageOf = (alert: string) => `${alert.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.md`;

  it.each(alerts)('$alert has a page of its own, and somebody whom it concerns', ({ alert, labels, annotations }) => {
    expect(annotations.runbook_url).toBe(`docs/deployment/runbooks/${pageOf(alert)}`);
    const page = readFileSync(join(repositoryFolder, annotations.runbook_url), 'utf8');
    expect(page).toContain(`# ${alert}\n`);
    for (const part of ['**Means.**', '**Who notices.**', '**Look at**', '**Do**']) expect(page).toContain(part);
    expect(alert === 'Watchdog' ? ['none'] : ['page', 'ticket']).toContain(labels.severity);
  });

  it('has no page without an alert, and no link that leads nowhere', () => {
    const pages = readdirSync(runbooks).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(alerts.map(({ alert }) => pageOf(alert)).sort());
    for (const page of pages) {
      const text = readFileSync(join(runbooks, page), 'utf8');
      const linked = [...text.matchAll(/\]\(([a-z-]+\.md)\)/g)].map(([, name = '']) => name);
      expect(
        linked.filter((name) => !pages.includes(name)),
        page,
      ).toEqual([]);
    }
  });
});

describe('infra/grafana', () => {
  const dashboards = join(repositoryFolder, 'infra', 'grafana', 'dashboards');
  const source = parse(
    readFileSync(join(dashboards, '..', 'provisioning', 'datasources', 'prometheus.yml'), 'utf8'),
  ) as { datasources: { uid: string }[] };

  it.each(readdirSync(dashboards))(
    '%s asks the data source that is provisioned, and can be loaded as it is',
    (file) => {
      const { id, uid, title, panels } = JSON.parse(readFileSync(join(dashboards, file), 'utf8'));
      expect([id, uid]).toEqual([undefined, `user-service-${file.replace('.json', '')}`]);
      expect(title).toContain('User service');
      const ids = panels.map((panel: { id: number }) => panel.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const panel of panels) {
        expect(panel.datasource.uid).toBe(source.datasources[0]?.uid);
        for (const target of panel.targets) expect(target.datasource.uid).toBe(panel.datasource.uid);
      }
    },
  );
});
