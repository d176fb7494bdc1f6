import { imageLibrary } from '#adapters/content/image-library.ts';
import { dotsOf, glyphHeight, glyphWidth } from '#features/kyc-review/glyphs.ts';

/** Nothing larger is drawn: a picture that was taken over is smaller. */
const pixelsMax = 40_000_000;
const secondsMax = 10;
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

/** The picture as a JPEG with these lines again and again across all of it. */
export async function watermark(
  picture: Uint8Array,
  lines: readonly string[],
): Promise<{ contentType: string; bytes: Uint8Array<ArrayBuffer> }> {
  const sharp = await imageLibrary();
  const image = sharp(picture, { limitInputPixels: pixelsMax, failOn: 'error' }).timeout({ seconds: secondsMax });
  const drawn = await image
    .composite([tileOf(lines, await image.metadata())])
    .jpeg({ quality: 85 })
    .toBuffer();
  return { contentType: 'image/jpeg', bytes: new Uint8Array(drawn) };
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
