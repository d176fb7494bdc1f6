import { queryOnce } from '@bank/test-bed';
import type { Chaos, Fault } from '#chaos.ts';
import { handInCases, registerAll, tryCases } from '#faults/providers/cases.ts';
import { askForMails, tryMails } from '#faults/providers/mails.ts';
import { askForTexts, registerWithNumbers, tryTexts } from '#faults/providers/texts.ts';
import { answeredWithinMs, beginTrial, type Trial } from '#faults/providers/trial.ts';
import { pause } from '#pause.ts';

const goneMs = 8_000;

/**
 * Carriers of mails and text messages, and the KYC service, take ten seconds, refuse, and are gone. Who registers, asks for a code
 * or hands in waits for none of it; every message and decision comes.
 */
export const provider: Fault = {
  name: 'provider',
  what: 'carriers of email and SMS, and KYC, slow (10 s), failing, and gone',
  async run(chaos) {
    const trial = beginTrial(chaos);
    const mails = await tryMails(chaos, trial);
    const texts = await tryTexts(chaos, trial);
    const cases = await tryCases(chaos, trial);
    const gone = await whileGone(chaos, trial);
    const slowest = trial.slowestMs();
    const [mailsAgain, textsAgain] = [await triedAgain(chaos, 'email'), await triedAgain(chaos, 'sms')];
    return {
      figures: {
        'slowest answer ms': Math.round(slowest),
        mails: mails.came + gone.mails.came,
        'text messages': texts.came + gone.texts.came,
        cases: cases.came + gone.cases.came,
        'tried again': mailsAgain + textsAgain,
      },
      broken: [
        ...trial.refusals(),
        ...[mails, texts, cases, gone.mails, gone.texts, gone.cases].flatMap(({ broken }) => broken),
        ...(slowest <= answeredWithinMs ? [] : [`a request waited ${Math.round(slowest)} ms`]),
        ...(mailsAgain > 0 ? [] : ['no mail was tried again']),
        ...(textsAgain > 0 ? [] : ['no text message was tried again']),
      ],
      notes: [
        ...['while mails were under way, /metrics of auth said:', ...shown(mails.lines, 'channel="email"')],
        ...['while text messages were, it said:', ...shown(texts.lines, 'channel="sms"')],
        ...[
          'while there was no KYC service, and after it, /metrics of profile said:',
          ...shown(gone.cases.lines, 'kyc_'),
        ],
      ],
    };
  },
};

/** The sandbox is killed, and started again when everything that needs it was asked for. */
async function whileGone(chaos: Chaos, trial: Trial) {
  const sandbox = chaos.stack.control('sandbox');
  const [applicants, reachable] = [await registerAll(trial), await registerWithNumbers(chaos, trial)];
  await sandbox.kill();
  const mailsCome = await askForMails(trial);
  const textsCome = await askForTexts(trial, reachable);
  const casesCome = await handInCases(chaos, trial, applicants);
  await pause(goneMs);
  await sandbox.start();
  return { mails: await mailsCome(chaos), texts: await textsCome(chaos), cases: await casesCome(chaos) };
}

async function triedAgain({ stack }: Chaos, channel: 'email' | 'sms'): Promise<number> {
  const sql = 'select count(*)::int as count from auth.deliveries where attempts > 1 and channel = $1';
  const [row] = await queryOnce<{ count: number }>(stack.environments.auth, sql, [channel]);
  return row?.count ?? 0;
}

/** Figures of what is under way and of circuits, not each bucket of a histogram. */
function shown(lines: readonly string[], of: string): string[] {
  const isFigure = (line: string) => line.includes('in_flight') || line.includes('breaker') || line.includes('kyc_');
  return lines.filter((line) => line.includes(of) && isFigure(line)).map((line) => `  ${line}`);
}
