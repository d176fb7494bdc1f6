/** Keys made for development begin with this text, so that no production process takes one (SR-84). */
export const developmentKeyMarker = 'development-only:';

export interface KeyStrengthOptions {
  readonly minimumBytes: number;
  readonly allowDevelopmentKeys: boolean;
}

// 32 random bytes hold fewer than 16 different values about once in 10^15 draws; 16 random bytes hold at least 8.
const distinctBytesMin = 16;

/**
 * Why a key must not be used, or undefined. It cannot tell good keys, but it finds the usual bad ones: short, repeated,
 * typed by hand, or left over from development.
 */
export function keyWeakness(bytes: Uint8Array, options: KeyStrengthOptions): string | undefined {
  if (bytes.length < options.minimumBytes) {
    return `is shorter than ${options.minimumBytes} bytes`;
  }
  if (Buffer.from(bytes).includes(developmentKeyMarker)) {
    return options.allowDevelopmentKeys ? undefined : 'is a development key';
  }
  if (new Set(bytes).size < Math.min(distinctBytesMin, bytes.length / 2)) {
    return 'repeats itself';
  }
  return bytes.every(isPrintable) ? 'is text, not random bytes' : undefined;
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e;
}
