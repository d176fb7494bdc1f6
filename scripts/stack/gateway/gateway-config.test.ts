import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { copyGatewayIncludes, type GatewayOptions, renderGatewayConfig } from '#stack/gateway/gateway-config.ts';
import { nginxProgram } from '#stack/host/binaries.ts';
import { eachApp } from '#stack/settings/apps.ts';

const options = (more: Partial<GatewayOptions> = {}): GatewayOptions => ({
  folder: '/srv/gateway',
  publicListen: '127.0.0.1:8080',
  staffListen: '127.0.0.1:8090',
  workers: 'auto',
  upstreams: eachApp((app) => [`${app}-1:4000`, `${app}-2:4000`]),
  ...more,
});

describe('renderGatewayConfig', () => {
  it('fills in every parameter', () => {
    expect(renderGatewayConfig(options())).not.toContain('{{');
  });

  it('lists every replica of an app', () => {
    const config = renderGatewayConfig(options());
    expect(config).toContain('server device-1:4000 max_fails=0;\n    server device-2:4000 max_fails=0;');
  });

  it('believes X-Forwarded-For only where proxies are trusted', () => {
    expect(renderGatewayConfig(options())).not.toContain('real_ip_header');
    const config = renderGatewayConfig(options({ trustedProxies: ['10.0.0.0/8'] }));
    expect(config).toContain('set_real_ip_from 10.0.0.0/8;');
    expect(config).toContain('real_ip_recursive on;');
  });

  it('has pages of documentation only where a folder is given', () => {
    expect(renderGatewayConfig(options())).not.toContain('/docs');
    expect(renderGatewayConfig(options({ docsFolder: '/srv/docs' }))).toContain('alias /srv/docs/;');
  });

  it('is what nginx understands, with everything in it', () => {
    const folder = temporaryFolder('gateway-config');
    const upstreams = eachApp(() => ['127.0.0.1:4101', '127.0.0.1:4102']);
    const config = renderGatewayConfig(
      options({
        ...{ folder, upstreams, trustedProxies: ['10.0.0.0/8'], docsFolder: folder },
        origins: [
          'https://app.bank.example',
          `https://${'a-long-name-'.repeat(10)}.bank.example`,
          'https://app.bank.example',
        ],
      }),
    );
    writeFileSync(join(folder, 'nginx.conf'), config);
    copyGatewayIncludes(folder);
    const args = ['-t', '-q', '-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')];
    const { status, stderr } = spawnSync(nginxProgram(), args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
