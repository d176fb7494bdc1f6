import { createSocket } from 'node:dgram';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

/** What a name has in the DNS. `silent` gets no answer, `broken` SERVFAIL; a name that is not listed does not exist. */
export type Zone = Readonly<Record<string, readonly Answer[] | 'silent' | 'broken'>>;

/** A DNS server that counts what it is asked. */
export interface TestDns {
  readonly address: string;
  /** Questions of type MX about a name. */
  asked(name: string): number;
  close(): Promise<void>;
}

/** Starts a DNS server on a free port. */
export async function startDns(zone: Zone): Promise<TestDns> {
  const asked = new Map<string, number>();
  const socket = createSocket('udp4');
  socket.on('message', (message, from) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined) return;
    const name = question.name.toLowerCase();
    if (question.type === 'MX') asked.set(name, (asked.get(name) ?? 0) + 1);
    const records = zone[name];
    if (records === 'silent') return;
    const reply: Packet = { type: 'response', questions, ...(id === undefined ? {} : { id }) };
    if (records === 'broken')
      reply.flags = 2; // SERVFAIL
    else if (records === undefined)
      reply.flags = 3; // NXDOMAIN
    else reply.answers = records.filter(({ type }) => type === question.type);
    socket.send(encode(reply), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked: (name) => asked.get(name) ?? 0,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** A record of a mail exchanger. */
export const mx = (name: string, exchange: string): Answer => ({
  type: 'MX',
  name,
  ttl: 60,
  data: { preference: 10, exchange },
});
