import sharp from 'sharp';
import { dotsOf, glyphHeight, glyphWidth } from '#features/kyc-review/glyphs.ts';

/** Nothing larger is drawn: a picture that was taken over is smaller. */
const pixelsMax = 40_000_000;
/** How often the widest line fits across the picture. */
const repeats = 1.6;
/** White with a dark edge, so that it is seen on any ground. */
const [ink, edge] = [
  [255, 255, 255, 150],
  [0, 0, 0, 110],
] as const;

/** The picture as a JPEG with these lines again and again across all of it. */
export async function watermark(
  picture: Uint8Array,
  lines: readonly string[],
): Promise<{ contentType: string; bytes: Uint8Array<ArrayBuffer> }> {
  const image = sharp(picture, { limitInputPixels: pixelsMax, failOn: 'error' });
  const { width, height } = await image.metadata();
  // As pixels: no other decoder than those of pictures is open in this process.
  const input = overlayOf(lines, width, height);
  const drawn = await image
    .composite([{ input, raw: { width, height, channels: 4 } }])
    .jpeg({ quality: 85 })
    .toBuffer();
  return { contentType: 'image/jpeg', bytes: new Uint8Array(drawn) };
}

/** RGBA of the size of the picture; each band of lines begins further to the right than the one above. */
function overlayOf(lines: readonly string[], width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 4);
  const across = (Math.max(...lines.map((line) => line.length)) + 4) * glyphWidth;
  const down = (lines.length + 2) * glyphHeight;
  const size = Math.max(1, Math.round(width / repeats / across));
  const dots = lines.flatMap((line, row) => dotsOf(line).map(([x, y]) => [x, y + row * glyphHeight] as const));
  for (let band = 0; band * down * size < height; band += 1) {
    const shift = ((band * 17) % across) - across;
    for (let left = shift; left * size < width; left += across) {
      for (const [x, y] of dots) {
        const at = { x: (left + x) * size, y: (band * down + y) * size, size };
        fill(pixels, { width, height }, { ...at, x: at.x + size, y: at.y + size }, edge);
        fill(pixels, { width, height }, at, ink);
      }
    }
  }
  return pixels;
}

/** One dot, where it lies within the picture. */
function fill(
  pixels: Buffer,
  { width, height }: { width: number; height: number },
  dot: { x: number; y: number; size: number },
  colour: readonly number[],
): void {
  for (let y = Math.max(0, dot.y); y < Math.min(height, dot.y + dot.size); y += 1) {
    for (let x = Math.max(0, dot.x); x < Math.min(width, dot.x + dot.size); x += 1) {
      pixels.set(colour, (y * width + x) * 4);
    }
  }
}
