/** The wizard's first questions: which connection, which Halo. */
import { addressProblem } from '../../connection/allowed-hosts.js';
import { connectionSchema, type EndpointsFile } from '../../connection/schema.js';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { InitFlags } from './flags.js';
import { secretReferences } from './secrets-to-set.js';

/** Throws UsageError when a flag is unusable, or is missing and nobody can be asked. */
export async function askEndpoints(context: Context, flags: InitFlags): Promise<EndpointsFile> {
  const name = await given(context, '--name', flags.name, {
    question: 'A short name for this connection, like arena',
    problem: nameProblem,
  });
  const url = await given(context, '--halo-url', flags.haloUrl, {
    question: "Halo's address, like https://acme.halopsa.com",
    problem: (text) => addressProblem(withScheme(text)),
  });
  const tenant = await askTenant(context, flags);
  const { seatgeek, halo } = secretReferences();
  return {
    name,
    seatgeek: {
      ...seatgeek,
      ...(flags.seatgeekApiUrl !== undefined && { apiUrl: flags.seatgeekApiUrl }),
      ...(flags.seatgeekTokenUrl !== undefined && { tokenUrl: flags.seatgeekTokenUrl }),
      ...(flags.seatgeekAudience !== undefined && { audience: flags.seatgeekAudience }),
    },
    halo: { url: withScheme(url).replace(/\/+$/, ''), ...halo, ...(tenant !== '' && { tenant }) },
  };
}

/** Minutes between two runs. */
export async function askInterval(context: Context, flags: InitFlags): Promise<number> {
  if (flags.interval !== undefined || !asks(context, flags)) return flags.interval ?? DEFAULT_MINUTES;
  const text = await context.text('Minutes between two looks at what changed', {
    initial: String(DEFAULT_MINUTES),
    problem: (minutes) => (isInterval(Number(minutes)) ? undefined : 'A number of minutes, up to a week (10080).'),
  });
  return Number(text);
}

/** Whether a question that has a good answer already is asked all the same. */
export function asks({ terminal }: Context, { yes }: InitFlags): boolean {
  return terminal.interactive && !yes;
}

const DEFAULT_MINUTES = 15;

/** What may stand between two runs. */
export const intervalMinutes = connectionSchema.shape.integrator.unwrap().shape.intervalMinutes;

function isInterval(minutes: number): boolean {
  return intervalMinutes.safeParse(minutes).success;
}

async function askTenant(context: Context, flags: InitFlags): Promise<string> {
  if (flags.tenant !== undefined || !asks(context, flags)) return flags.tenant ?? '';
  return (await context.text("Halo's tenant name, if its token needs one (Enter: none)", {})).trim();
}

interface Asked {
  readonly question: string;
  /** Why a text will not do. */
  readonly problem: (text: string) => string | undefined;
}

async function given(context: Context, flag: string, value: string | undefined, asked: Asked): Promise<string> {
  if (value === undefined && context.terminal.interactive) {
    return (await context.text(asked.question, { problem: (text) => asked.problem(text.trim()) })).trim();
  }
  if (value === undefined) {
    throw new UsageError('flag-missing', `${flag} is missing and nobody can be asked here`, `Add ${flag}.`);
  }
  const problem = asked.problem(value.trim());
  if (problem === undefined) return value.trim();
  throw new UsageError('flag-unusable', `${flag}: ${problem}`, 'Correct the flag.');
}

function nameProblem(text: string): string | undefined {
  const parsed = connectionSchema.shape.name.safeParse(text);
  return parsed.success ? undefined : parsed.error.issues[0]?.message;
}

function withScheme(text: string): string {
  return text.includes('://') ? text : `https://${text}`;
}
