import type { Sharp, SharpOptions } from 'sharp';
import { imageLibrary } from '#adapters/content/image-library.ts';

/** How an image is made anew. Sides are in pixels; nothing is made larger than it came. */
export interface ImagePlan {
  readonly pixelsMax: number;
  readonly sideMax: number;
  /** `cover` cuts it to a square. */
  readonly fit: 'cover' | 'inside';
  readonly format: 'webp' | 'jpeg';
}

/** An image as it may be kept, or what is wrong with it. */
export type ReencodedImage =
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly contentType: string }
  | { readonly kind: 'refused'; readonly rule: 'pixels' | 'image' };

const secondsMax = 10;

/**
 * Decodes an image and makes another of its pixels: what else was in the file (EXIF, XMP, profiles, further frames, bytes
 * behind its end) is not in the new one. Its size is read from its header first, so that a bomb is never decoded (SR-77).
 */
export async function reencodeImage(bytes: Uint8Array, plan: ImagePlan): Promise<ReencodedImage> {
  const sharp = await imageLibrary();
  const options: SharpOptions = { limitInputPixels: plan.pixelsMax, failOn: 'error', pages: 1 };
  const dimensions = await sharp(bytes, { ...options, limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  if (dimensions === undefined) return { kind: 'refused', rule: 'image' };
  if (dimensions.width * dimensions.height > plan.pixelsMax) return { kind: 'refused', rule: 'pixels' };
  const { fit, sideMax } = plan;
  const resized = sharp(bytes, options)
    .timeout({ seconds: secondsMax })
    .autoOrient()
    .resize({ width: sideMax, height: sideMax, fit, withoutEnlargement: true });
  const made = await encode(resized, plan.format).catch(() => undefined);
  if (made === undefined) return { kind: 'refused', rule: 'image' };
  return { kind: 'image', bytes: made, contentType: `image/${plan.format}` };
}

function encode(image: Sharp, format: ImagePlan['format']): Promise<Buffer> {
  if (format === 'webp') return image.webp({ quality: 82 }).toBuffer();
  return image.flatten({ background: '#ffffff' }).jpeg({ quality: 90 }).toBuffer();
}
