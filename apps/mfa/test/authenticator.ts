import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { until } from '@bank/testing';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepMs = 30_000;

/** What an authenticator app shows for a secret it was given in base32: RFC 6238, written apart from the service's own. */
export function shownCode(secret: string, { offset = 0 } = {}): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / stepMs) + offset));
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const at = (digest.at(-1) ?? 0) & 0x0f;
  return String((digest.readUInt32BE(at) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** Resolves when the step has two seconds to go at least: the code of a neighbouring step is still that when it arrives. */
export async function roomInStep(): Promise<void> {
  await until(async () => stepMs - (Date.now() % stepMs) > 2000);
}

/** A code that is none of the three which are good now, nor the neighbours of those. */
export function wrongCode(secret: string): string {
  const shown = new Set([-2, -1, 0, 1, 2].map((offset) => shownCode(secret, { offset })));
  const wrong = ['000000', '000001', '000002', '000003', '000004', '000005'].find((code) => !shown.has(code));
  if (wrong === undefined) throw new Error('six codes cannot all be among five');
  return wrong;
}

/** The same by oathtool, where it is installed. */
export function oathtoolCode(secret: string): string | undefined {
  const { status, stdout } = spawnSync('oathtool', ['--totp', '--base32', secret], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

function bytesOf(base32: string): Buffer {
  const bits = [...base32].map((symbol) => alphabet.indexOf(symbol).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
