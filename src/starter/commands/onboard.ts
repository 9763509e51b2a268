/** `onboard <file>`: validate, start, look at a preview, try the mappings with a sample import, switch on. Questions in a terminal, else flags decide. */
import type { PreviewAnswer } from '../../activities/answers.js';
import type { ValidationReport } from '../../activities/types.js';
import { resumeSignal } from '../../workflows/messages.js';
import type { Status } from '../../workflows/status.js';
import type { Connections, EndedConnection } from '../connections.js';
import type { Context } from '../context.js';
import { alreadyRunning } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { count, moment } from '../text.js';
import { previewLines } from '../views/people.js';
import { reportLines } from '../views/report.js';
import { PREVIEW_EVENTS, previewed } from './preview.js';
import { importSample, sampleCode, sampleLines } from './sample-import.js';
import { readFile, validateSetUp, type CheckedFile } from './validate.js';

export interface OnboardOptions {
  readonly preview: boolean;
  readonly import100: boolean;
  readonly resume: boolean;
  /** Every question is answered with yes. */
  readonly yes: boolean;
  readonly skipValidate: boolean;
  /** Goes on from the cursor of a connection of that name that ended. */
  readonly takeOver: boolean;
}

/** What `--json` shows: null for steps that were not taken. */
export interface OnboardResult {
  readonly connection: string;
  /** Null when the check found something: nothing was started. */
  readonly workflowId: string | null;
  readonly validation: ValidationReport | null;
  readonly preview: PreviewAnswer | null;
  readonly sampleImport: Status['sampleImport'];
  readonly integrator: 'on' | 'off' | null;
}

export async function onboardCommand(context: Context, path: string, options: OnboardOptions): Promise<ExitCode> {
  const checked = await readFile(path);
  const { name } = checked.connection;
  const connections = await context.connections();
  if (await connections.isRunning(name)) throw alreadyRunning(name);
  const validation = options.skipValidate ? null : await validated(context, checked);
  if (validation?.ok === false) return refused(context, name, validation);
  const carried = await takenOver(context, connections, checked, options);
  const workflowId = await connections.start(checked.connection, checked.file, carried);
  context.terminal.say(`${name}: started as ${workflowId}`);
  const preview = await previewShown(context, checked, options);
  const { status, code } = isHopeless(preview) ? NOTHING_TRIED : await sampled(context, checked, options);
  const isBad = code === EXIT.failed || isHopeless(preview);
  const integrator = isBad ? fileState(checked) : await switchedOn(context, checked, options, status !== null);
  const result: OnboardResult = {
    connection: name,
    workflowId,
    validation,
    preview,
    sampleImport: status?.sampleImport ?? null,
    integrator,
  };
  context.terminal.show(result, [`${name}: onboarded, the integrator is ${integrator}`]);
  context.terminal.next(nextCommand(result, code, carried !== null));
  return code;
}

async function validated(context: Context, checked: CheckedFile): Promise<ValidationReport> {
  const report = await validateSetUp(context, checked);
  context.terminal.print(reportLines(report, context.terminal.colors));
  return report;
}

function refused({ terminal }: Context, connection: string, validation: ValidationReport): ExitCode {
  const result: OnboardResult = {
    connection,
    workflowId: null,
    validation,
    preview: null,
    sampleImport: null,
    integrator: null,
  };
  terminal.show(result, [`${connection}: not started. Correct what is marked and run onboard again.`]);
  return EXIT.failed;
}

async function previewShown(
  context: Context,
  { connection: { name } }: CheckedFile,
  { preview, yes }: OnboardOptions,
): Promise<PreviewAnswer | null> {
  const question = 'See what the first 100 change events would do, without writing?';
  if (!(await decide(context, preview || yes, question))) return null;
  const answer = await previewed(context, name, PREVIEW_EVENTS);
  context.terminal.print(previewLines(answer, context.terminal.colors));
  return answer;
}

/** Everybody would be rejected: there is nothing to try, and nothing to switch on for. */
function isHopeless(preview: PreviewAnswer | null): boolean {
  return preview !== null && preview.people.length > 0 && preview.people.every(({ outcome }) => outcome === 'rejected');
}

const NOTHING_TRIED = { status: null, code: EXIT.someRejected } as const;

async function sampled(
  context: Context,
  { connection: { name } }: CheckedFile,
  { import100, yes }: OnboardOptions,
): Promise<{ status: Status | null; code: ExitCode }> {
  const question = 'Import the first 100 change events now, to try the mappings?';
  if (!(await decide(context, import100 || yes, question))) return { status: null, code: EXIT.ok };
  const status = await importSample(context, name);
  context.terminal.print(sampleLines(context, status));
  return { status, code: sampleCode(status) };
}

/** Enter alone imports everybody only after a sample. */
async function switchedOn(
  context: Context,
  checked: CheckedFile,
  { resume, yes }: OnboardOptions,
  isTried: boolean,
): Promise<'on' | 'off'> {
  if (fileState(checked) === 'on') return 'on';
  const question = 'Switch the integrator on now? It imports everybody, then keeps them up to date.';
  if (!(await decide(context, resume || yes, question, isTried))) return 'off';
  await (await context.connections()).signal(checked.connection.name, resumeSignal, 'onboarding');
  return 'on';
}

function fileState({ connection }: CheckedFile): 'on' | 'off' {
  return connection.integrator.enabled ? 'on' : 'off';
}

/** What a connection of that name knew that ended before; null to begin anew. */
async function takenOver(
  context: Context,
  connections: Connections,
  { connection: { name } }: CheckedFile,
  { takeOver, yes }: OnboardOptions,
): Promise<EndedConnection['carried']> {
  const ended = await connections.ended(name);
  if (ended?.carried == null) {
    if (takeOver) context.terminal.say(`${name}: no earlier connection of that name is left to take over`);
    return null;
  }
  const people = ended.people === null ? '' : ` after ${count(ended.people)} people`;
  context.terminal.say(
    `${name}: a connection of that name was ${ended.how} ${moment(ended.at)}${people}. Begun anew, all history is read again and the brake knows nothing.`,
  );
  const question = "Take over its cursor, the brake's memory and the rejected people?";
  if (await decide(context, takeOver || yes, question)) {
    const from = ended.carried['cursor'] === null ? 'reads all history again' : 'goes on from its cursor';
    context.terminal.say(`${name}: ${from}, with the brake's memory and the rejected people`);
    return ended.carried;
  }
  context.terminal.say(`${name}: begins anew (--take-over goes on from the cursor)`);
  return null;
}

/** A flag needs no question; without somebody to ask, no flag means no. Enter alone means `initial`. */
async function decide(context: Context, flag: boolean, question: string, initial = true): Promise<boolean> {
  if (flag) return true;
  return context.terminal.interactive && (await context.confirm(question, { initial }));
}

function nextCommand(
  { connection, preview, integrator, sampleImport }: OnboardResult,
  code: ExitCode,
  isTakenOver: boolean,
): string {
  if (isHopeless(preview)) return 'configure <file>';
  if (code === EXIT.failed) return `status ${connection}`;
  if (integrator === 'on') return `watch ${connection}`;
  if (sampleImport !== null || isTakenOver) return `resume ${connection}`;
  return preview === null ? `preview ${connection}` : `import-100 ${connection}`;
}
