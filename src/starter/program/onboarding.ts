/** The commands that bring a connection to work: flags and help. */
import { InvalidArgumentError, type Command } from 'commander';
import { applyCommand, type ApplyOptions } from '../commands/apply.js';
import { configureCommand, type ConfigureOptions } from '../commands/configure.js';
import { discoverCommand } from '../commands/discover.js';
import { initCommand } from '../commands/init.js';
import { onboardCommand, type OnboardOptions } from '../commands/onboard.js';
import { validateCommand } from '../commands/validate.js';
import { intervalMinutes } from '../wizard/ask-endpoints.js';
import type { InitFlags } from '../wizard/flags.js';
import { collected, type Run } from './run.js';
import { STARTER } from '../own-command.js';

export function addOnboarding(program: Command, run: Run): void {
  addInit(program, run);
  addApply(program, run);
  program
    .command('discover')
    .argument('<file>', 'a connection file; its mappings may still be missing')
    .description('what there is to choose from: SeatGeek’s columns, Halo’s custom fields and sites')
    .option('--site <text>', 'only sites with this in their name')
    .action((file: string, flags: { site?: string }) => run((context) => discoverCommand(context, file, flags)));
  program
    .command('validate')
    .argument('<file>', 'the connection file')
    .description('check the file, then both credentials and the set-up; writes nothing')
    .action((file: string) => run((context) => validateCommand(context, file)));
  program
    .command('onboard')
    .argument('<file>', 'the connection file')
    .description('validate, start, offer preview and sample import, offer to switch on')
    .option('--preview', 'show what the first 100 change events would do without asking', false)
    .option('--import-100', 'import the first 100 change events without asking', false)
    .option('--resume', 'switch the integrator on without asking', false)
    .option('--yes', 'answer every question with yes', false)
    .option('--take-over', 'go on from the cursor of a connection of that name that ended', false)
    .option('--skip-validate', 'start without asking both systems first', false)
    .addHelpText(
      'before',
      `Examples:
  ${STARTER} onboard connections/arena.json
  ${STARTER} onboard connections/arena.json --preview --import-100 --resume --json
`,
    )
    .action((file: string, flags: OnboardOptions) => run((context) => onboardCommand(context, file, flags)));
  program
    .command('configure')
    .argument('<file>', 'the changed connection file')
    .description('give a running connection another file; shows the difference and asks')
    .option('--reimport', 'read all history again with it', false)
    .option('--yes', 'do not ask', false)
    .action((file: string, flags: ConfigureOptions) => run((context) => configureCommand(context, file, flags)));
}

function addApply(program: Command, run: Run): void {
  program
    .command('apply')
    .argument('<folder>', 'a folder of connection files; example.json does not count')
    .description('start what is new, change what differs, name what runs without a file; asks nothing')
    .option('--remove', 'end what runs without a file', false)
    .option('--dry-run', 'only say what would be done', false)
    .action((folder: string, flags: ApplyOptions) => run((context) => applyCommand(context, folder, flags)));
}

function addInit(program: Command, run: Run): void {
  program
    .command('init')
    .description('write a connection file: questions in a terminal, flags elsewhere')
    .option('--name <name>', 'name of the connection')
    .option('--halo-url <address>', "Halo's address, like https://acme.halopsa.com")
    .option('--tenant <name>', "Halo's tenant, where its token needs one")
    .option('--interval <minutes>', 'between two looks at what changed (15)', minutes)
    .option('--id-field <field>', "Halo's user field for the SeatGeek ID, like CFSeatGeekID")
    .option('--site <number>', "Halo's site where new people are created", siteNumber)
    .option('--id-column <column>', "SeatGeek's column with the person's ID")
    .option('--email-column <column>', "SeatGeek's column with the e-mail address")
    .option('--map <from=to>', 'a mapping beside or instead of a proposed one; =to leaves that one out', collected, [])
    .option('--no-address', 'do not import the address')
    .option('--no-reactivate', 'leave people inactive who are inactive in Halo')
    .option('--seatgeek-api-url <address>', "another feed than SeatGeek's own")
    .option('--seatgeek-token-url <address>', "another token endpoint than SeatGeek's own")
    .option('--seatgeek-audience <text>', "another audience than SeatGeek's own")
    .option('--out <file>', 'where the file goes (connections/<name>.json)')
    .option('--overwrite', 'write over a file that is there', false)
    .option('--offline', 'ask neither SeatGeek nor Halo: needs no worker and no Temporal', false)
    .option('--yes', 'take what is proposed', false)
    .addHelpText(
      'before',
      `Examples:
  ${STARTER} init
  ${STARTER} init --name arena --halo-url https://acme.halopsa.com --site 18 --map 'loyalty_tier=CFTier' --yes
  ${STARTER} init --offline --name arena --halo-url https://acme.halopsa.com --site 18 --id-field CFSeatGeekID
`,
    )
    .action((flags: InitFlags) => run((context) => initCommand(context, flags)));
}

function minutes(text: string): number {
  const value = Number(text);
  if (intervalMinutes.safeParse(value).success) return value;
  throw new InvalidArgumentError('It must be a number of minutes, 0.05 to 10080.');
}

function siteNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
