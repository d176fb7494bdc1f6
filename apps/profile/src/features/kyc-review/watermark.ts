import { imageLibrary } from '#adapters/content/image-library.ts';
import { dotsOf, glyphHeight, glyphWidth } from '#features/kyc-review/glyphs.ts';

/** Nothing larger is drawn: a picture that was taken over is smaller. */
const pixelsMax = 40_000_000;
const secondsMax = 10;
/** Below what one message between our processes may hold. */
export const shownBytesMax = 3.5 * 1024 * 1024;
/** How it is drawn, until it is small enough: with less of its quality first, and smaller then. The last always is: it has a byte for each pixel at most. */
const drawings = [
  { quality: 85, sideMax: Number.POSITIVE_INFINITY },
  { quality: 60, sideMax: Number.POSITIVE_INFINITY },
  { quality: 60, sideMax: 2560 },
  { quality: 60, sideMax: 1800 },
] as const;
/** How often the widest line fits across the picture. */
const repeats = 1.6;
/** How far, in dots, the lines of every second band begin further to the right. */
const shift = 17;
/** White with a dark edge, so that it is seen on any ground. */
const [ink, edge] = [
  [255, 255, 255, 150],
  [0, 0, 0, 110],
] as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The picture as a JPEG of at most `shownBytesMax` with these lines again and again across all of it. */
export async function watermark(
  picture: Uint8Array,
  lines: readonly string[],
): Promise<{ contentType: string; bytes: Uint8Array<ArrayBuffer> }> {
  let bytes = new Uint8Array();
  for (const drawing of drawings) {
    bytes = await draw(picture, lines, drawing);
    if (bytes.length <= shownBytesMax) break;
  }
  return { contentType: 'image/jpeg', bytes };
}

async function draw(
  picture: Uint8Array,
  lines: readonly string[],
  { quality, sideMax }: (typeof drawings)[number],
): Promise<Uint8Array<ArrayBuffer>> {
  const sharp = await imageLibrary();
  const image = sharp(picture, { limitInputPixels: pixelsMax, failOn: 'error' }).timeout({ seconds: secondsMax });
  const size = within(await image.metadata(), sideMax);
  const drawn = await image
    .resize({ ...size, fit: 'fill' })
    .composite([tileOf(lines, size)])
    .jpeg({ quality })
    .toBuffer();
  return new Uint8Array(drawn);
}

/** The same shape, no side of it longer than that. */
function within({ width, height }: Size, sideMax: number): Size {
  const scale = Math.min(1, sideMax / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Two bands of lines as RGBA, to be laid side by side over all of the picture, than which they are no larger. As pixels: no other
 * decoder than those of pictures is open in this process.
 */
function tileOf(lines: readonly string[], picture: Size) {
  const across = (Math.max(...lines.map((line) => line.length)) + 4) * glyphWidth;
  const down = (lines.length + 2) * glyphHeight;
  const side = Math.max(1, Math.round(picture.width / repeats / across));
  const width = Math.min(picture.width, across * side);
  const height = Math.min(picture.height, 2 * down * side);
  const input = Buffer.alloc(width * height * 4);
  const dots = lines.flatMap((line, row) => dotsOf(line).map(([x, y]) => [x, y + row * glyphHeight] as const));
  for (const [x, y] of dots) {
    for (const band of [0, 1]) {
      const at = { x: ((x + band * shift) % across) * side, y: (y + band * down) * side, side };
      fill(input, { width, height }, { ...at, x: at.x + side }, edge);
      fill(input, { width, height }, at, ink);
    }
  }
  return { input, raw: { width, height, channels: 4 as const }, tile: true, gravity: 'northwest' as const };
}

/** One dot, where it lies within the tile. */
function fill(
  pixels: Buffer,
  { width, height }: Size,
  dot: { x: number; y: number; side: number },
  colour: readonly number[],
): void {
  for (let y = dot.y; y < Math.min(height, dot.y + dot.side); y += 1) {
    for (let x = dot.x; x < Math.min(width, dot.x + dot.side); x += 1) {
      pixels.set(colour, (y * width + x) * 4);
    }
  }
}
