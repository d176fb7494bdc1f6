import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { isLeftPolicy, policyText, withCluster, withoutCluster } from '#stack/host/install-traces.ts';

/** As a process with this id would have written it that has ended. */
const left = policyText().replace(/process \d+ .*/, `process ${spawnSync('true').pid} another boot:1`);

describe('what an installation writes for its time', () => {
  it('is known as left by one that was killed', () => {
    expect(isLeftPolicy(left)).toBe(true);
    expect(isLeftPolicy(left.replace(/# process .*\n/, ''))).toBe(true);
  });

  it('is not taken away from one that runs, nor from anybody else', () => {
    expect(isLeftPolicy(policyText())).toBe(false);
    expect(isLeftPolicy('#!/bin/sh\nexit 101\n')).toBe(false);
  });

  it('goes out of the settings of Postgres, however often it was killed, and what somebody else set stays', () => {
    const settings = 'start_conf = auto\n\ncreate_main_cluster = false\n';
    expect(withoutCluster(settings)).toContain(settings);
    expect(withCluster(withoutCluster(withoutCluster(settings)))).toBe(settings);
    expect(withCluster(settings)).toBe(settings);
  });
});
