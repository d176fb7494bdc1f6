// A launcher that starts one process in a stack's folder and then waits to be killed, or fails at SIGUSR2.
import { openStackFolder } from '#stack/run/stack-folder.ts';

const [folder = ''] = process.argv.slice(2);
process.on('SIGUSR2', () => {
  throw new Error('a mistake');
});
const { supervisor } = await openStackFolder({ folder });
const env = { PATH: process.env['PATH'] ?? '' };
await supervisor.start({ name: 'orphan', layer: 'store', command: 'sleep', args: ['600'], env });
setInterval(() => undefined, 1000);
