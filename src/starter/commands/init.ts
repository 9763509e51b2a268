/** `init`: writes a connection file, by questions in a terminal or by flags, from what SeatGeek and Halo really have. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkConnection } from '../../connection/check.js';
import type { ConnectionFile, EndpointsFile } from '../../connection/schema.js';
import type { Context } from '../context.js';
import { StarterError, UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { asks, askEndpoints, askInterval } from '../wizard/ask-endpoints.js';
import { askIdField, askSite } from '../wizard/ask-halo.js';
import { askColumn, askMappings, mappingLines } from '../wizard/ask-mappings.js';
import { keepAnswers } from '../wizard/kept-answers.js';
import { findChoices, OFFLINE_CHOICES, type Choices } from '../wizard/find-choices.js';
import type { InitFlags } from '../wizard/flags.js';
import { propose, type AddressLines, type Proposal } from '../wizard/proposal.js';
import { secretLines, secretVariables } from '../wizard/secrets-to-set.js';

export async function initCommand(context: Context, flags: InitFlags): Promise<ExitCode> {
  if (!asks(context, flags)) return wizard(context, context, flags);
  const kept = await keepAnswers(context, path.dirname(flags.out ?? path.join('connections', 'any.json')));
  try {
    const code = await wizard(context, { ...context, ...kept.prompts }, flags);
    await kept.forget();
    return code;
  } catch (error) {
    if (!(error instanceof StarterError && error.code === 'cancelled' && kept.hasSome())) throw error;
    throw new StarterError(error.code, error.message, 'The answers are kept: the same command goes on with them.');
  }
}

/** `asking` may answer from an earlier try; what is asked of the moment is asked anew. */
async function wizard(context: Context, asking: Context, flags: InitFlags): Promise<ExitCode> {
  const { terminal } = context;
  const endpoints = await askEndpoints(asking, flags);
  const target = await askPath(context, flags.out ?? path.join('connections', `${endpoints.name}.json`), flags);
  const intervalMinutes = await askInterval(asking, flags);
  const choices = flags.offline ? OFFLINE_CHOICES : await findChoices(context, endpoints);
  const { columns, users } = await askPeople(asking, endpoints, choices, flags);
  const file: ConnectionFile = {
    ...endpoints,
    seatgeek: { ...endpoints.seatgeek, ...(columns !== null && { columns }) },
    users,
    integrator: { enabled: false, intervalMinutes },
  };
  checkConnection(file);
  await write(target, file);
  terminal.show(
    { file: target, connection: file, secrets: secretVariables(file.name).map(({ variable }) => variable) },
    [
      `${target} is written:`,
      ...mappingLines(users.fieldMappings),
      ...(flags.offline ? ['', ...secretLines(file.name)] : []),
    ],
  );
  terminal.next(`validate ${target}`);
  return EXIT.ok;
}

async function askPeople(
  context: Context,
  endpoints: EndpointsFile,
  choices: Choices,
  flags: InitFlags,
): Promise<{ columns: { id: string; email: string } | null; users: ConnectionFile['users'] }> {
  const proposal = propose(choices.columns, choices.customFields ?? []);
  const seatgeekIdField = await askIdField(context, choices, proposal.idField, flags);
  const defaultSite = await askSite(context, endpoints, choices, flags);
  const columns = await askColumns(context, choices, proposal, flags);
  const fieldMappings = await askMappings(context, choices, proposal, { idField: seatgeekIdField, flags });
  const address = await askAddress(context, proposal.address, flags);
  const isBack = await askReactivation(context, flags);
  return {
    columns: columns.id === 'id' && columns.email === 'email' ? null : columns,
    users: {
      seatgeekIdField,
      defaultSite,
      fieldMappings: [...fieldMappings],
      ...(isBack && { staticMappings: [{ to: 'inactive', value: false }] }),
      importPrimaryAddress: address !== null,
      ...(address !== null && { primaryAddress: address }),
    },
  };
}

async function askColumns(
  context: Context,
  choices: Choices,
  { idColumn, emailColumn }: Proposal,
  flags: InitFlags,
): Promise<{ id: string; email: string }> {
  const id = { flag: '--id-column', given: flags.idColumn, likely: idColumn, what: "the person's ID" };
  const email = { flag: '--email-column', given: flags.emailColumn, likely: emailColumn, what: 'the e-mail address' };
  return { id: await askColumn(context, choices, id), email: await askColumn(context, choices, email) };
}

async function askAddress(
  context: Context,
  lines: AddressLines | null,
  flags: InitFlags,
): Promise<AddressLines | null> {
  if (!flags.address || lines === null) return null;
  if (!asks(context, flags)) return lines;
  const mappings = Object.entries(lines).map(([line, from = '']) => ({ from, to: `address ${line}` }));
  for (const line of mappingLines(mappings)) context.terminal.say(line);
  return (await context.confirm('Import the address too?', { initial: true })) ? lines : null;
}

/** Without it, who was deleted in SeatGeek and comes back stays inactive in Halo. */
async function askReactivation(context: Context, flags: InitFlags): Promise<boolean> {
  if (!flags.reactivate || !asks(context, flags)) return flags.reactivate;
  return context.confirm('Keep everybody active in Halo whom SeatGeek has? (also those whom an agent made inactive)', {
    initial: true,
  });
}

/** Never over a file without a yes. */
async function askPath(context: Context, target: string, flags: InitFlags): Promise<string> {
  if (!target.endsWith('.json')) throw new UsageError('flag-unusable', '--out is no .json file', 'Name a .json file.');
  if (flags.overwrite || !(await exists(target))) return target;
  if (!context.terminal.interactive) {
    throw new UsageError(
      'file-exists',
      `there is a file ${target} already`,
      'Add --overwrite to write over it, or name another with --out.',
    );
  }
  if (await context.confirm(`Write over ${target}?`, { initial: false })) return target;
  throw new StarterError('cancelled', `${target} stays as it is`, 'Name another file with --out.');
}

async function exists(target: string): Promise<boolean> {
  return access(target).then(
    () => true,
    () => false,
  );
}

async function write(target: string, file: ConnectionFile): Promise<void> {
  const folder = path.dirname(path.resolve(target));
  const $schema = path.relative(folder, path.resolve('connection.schema.json')).replaceAll(path.sep, '/');
  await mkdir(folder, { recursive: true });
  await writeFile(target, `${compactJson({ $schema, ...file })}\n`);
}

/** Indented, small objects on one line: a mapping a line is what people read and change. */
function compactJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(/\{\n\s+([^{}[\]]{1,100}?)\n\s+\}/g, (_, members: string) => {
    return `{ ${members.replaceAll(/\n\s+/g, ' ')} }`;
  });
}
