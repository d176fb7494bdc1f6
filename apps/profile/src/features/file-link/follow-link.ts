import { DomainError } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { linkParts } from '#features/file/policies.ts';
import { type OpenedFile, readFile } from '#features/file/read-file.ts';
import { FileLinkQuery, FileParams } from '#features/file/schemas.ts';

/** The file that a link leads to. @throws file.link.invalid, file.not_found, service.overloaded */
export async function followLink(ctx: AppContext, input: { params: unknown; query: unknown }): Promise<OpenedFile> {
  const { id } = readLink(FileParams, input.params);
  const proof = readLink(FileLinkQuery, input.query);
  if (!ctx.fileServices.links.holds(linkParts(id), proof)) throw new DomainError('file.link.invalid');
  return ctx.fileServices.readers.run(() => readFile(ctx, id));
}

/** What a link says. One that has another form is none of ours, like one with another signature. @throws file.link.invalid */
export function readLink<const S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const { success, output } = v.safeParse(schema, input);
  if (!success) throw new DomainError('file.link.invalid');
  return output;
}
