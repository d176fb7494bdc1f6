import { fileTypeFromBuffer } from 'file-type';

/** The media type that the content itself has, whatever anybody says of it; undefined when it is none that is known. */
export async function sniffType(bytes: Uint8Array): Promise<string | undefined> {
  return (await fileTypeFromBuffer(bytes))?.mime;
}
