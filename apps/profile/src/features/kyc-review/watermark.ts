import sharp from 'sharp';
import { glyphHeight, glyphWidth, pathOf } from '#features/kyc-review/glyphs.ts';

/** Nothing larger is drawn: a picture that was taken over is smaller. */
const pixelsMax = 40_000_000;
/** How often the widest line fits across the picture. */
const repeats = 1.6;

/** The picture as a JPEG with these lines across all of it, light on dark, so that they are seen on any ground. */
export async function watermark(
  picture: Uint8Array,
  lines: readonly string[],
): Promise<{ contentType: string; bytes: Uint8Array<ArrayBuffer> }> {
  const image = sharp(picture, { limitInputPixels: pixelsMax, failOn: 'error' });
  const { width, height } = await image.metadata();
  const tile = Buffer.from(tileOf(lines, width, height));
  const drawn = await image
    .composite([{ input: tile, top: 0, left: 0 }])
    .jpeg({ quality: 85 })
    .toBuffer();
  return { contentType: 'image/jpeg', bytes: new Uint8Array(drawn) };
}

/** An SVG of the size of the picture, the lines again and again, slanted. */
function tileOf(lines: readonly string[], width: number, height: number): string {
  const longest = Math.max(...lines.map((line) => line.length)) * glyphWidth;
  const dot = Math.max(1, width / repeats / longest);
  const text = lines.map((line, row) => `<path transform="translate(0 ${row * glyphHeight})" d="${pathOf(line)}"/>`);
  const block = `${text.join('')}`;
  const [across, down] = [longest + 12 * glyphWidth, (lines.length + 3) * glyphHeight];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<defs><pattern id="w" width="${across}" height="${down}" patternUnits="userSpaceOnUse" patternTransform="scale(${dot}) rotate(-24)">
<g fill="#000" fill-opacity="0.35" transform="translate(0.6 0.6)">${block}</g><g fill="#fff" fill-opacity="0.55">${block}</g>
</pattern></defs><rect width="100%" height="100%" fill="url(#w)"/></svg>`;
}
