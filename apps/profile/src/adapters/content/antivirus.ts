import { connect, type Socket } from 'node:net';
import { DomainError } from '@bank/domain';

/** Looks for what harms machines. */
export interface Antivirus {
  /** Whether nothing was found. @throws service.unavailable when it cannot be asked: nothing passes unseen */
  isClean(bytes: Uint8Array): Promise<boolean>;
}

/** Where clamd listens. */
export type ClamdAddress = { readonly path: string } | { readonly host: string; readonly port: number };

const chunkBytes = 64 * 1024;
const answerBytesMax = 4096;

/**
 * Asks clamd by its own protocol: `INSTREAM`, chunks with their length before them (4 bytes, big-endian), and one of length zero.
 * Whoever is silent for `timeoutMs` is given up.
 */
export function createClamd(address: ClamdAddress, timeoutMs: number): Antivirus {
  return {
    async isClean(bytes) {
      const answer = await ask(address, bytes, timeoutMs);
      if (answer === 'stream: OK') return true;
      if (/^stream: .+ FOUND$/.test(answer)) return false;
      throw unavailable('clamd gave another answer');
    },
  };
}

async function ask(address: ClamdAddress, bytes: Uint8Array, timeoutMs: number): Promise<string> {
  const socket = connect({ ...address, noDelay: true });
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('timeout')));
  try {
    // It answers and hangs up before the end when a stream is longer than it takes: the answer tells, not the write.
    const sent = send(socket, bytes).catch(() => undefined);
    const answer = await readAnswer(socket);
    await sent;
    return answer;
  } catch (cause) {
    throw unavailable('clamd does not answer', cause);
  } finally {
    socket.destroy();
  }
}

async function send(socket: Socket, bytes: Uint8Array): Promise<void> {
  await write(socket, Buffer.from('zINSTREAM\0'));
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    await write(socket, Buffer.concat([lengthOf(chunk), chunk]));
  }
  await write(socket, lengthOf(new Uint8Array()));
}

function lengthOf(chunk: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(chunk.length);
  return length;
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

async function readAnswer(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString('latin1');
    const end = text.indexOf('\0');
    if (end !== -1) return text.slice(0, end);
    if (text.length > answerBytesMax) break;
  }
  return text.trim();
}

function unavailable(reason: string, cause?: unknown): DomainError {
  return new DomainError('service.unavailable', { reason, cause });
}
