/** The commands that the docs print, and which of them can't be run by a script, with the reason. Pure. */

export interface DocsCommand {
  readonly page: string;
  readonly command: string;
}

/** Of a page's `sh` blocks, and of the cells of its tables: a command each, loops and continued lines whole, without comments. */
export function commandsOf(page: string, text: string): DocsCommand[] {
  const blocks = [...text.matchAll(/^[ ]*```sh\n([\s\S]*?)^[ ]*```/gm)].flatMap(([, block = '']) => linesOf(block));
  const cells = [...text.matchAll(/^\|.*\|$/gm)].flatMap(([row]) =>
    [...row.matchAll(/`((?:temporal workflow|npm run starter --) [^`]+)`/g)].flatMap(([, command = '']) => [command]),
  );
  return [...blocks, ...cells].map((command) => ({ page, command }));
}

function linesOf(block: string): string[] {
  const commands: string[] = [];
  let open = '';
  for (const raw of block.split('\n')) {
    const line = raw.trim().replace(/\s+#\s.*$/, '');
    if (line === '' || line.startsWith('#')) continue;
    open = open === '' ? line : `${open.replace(/\\$/, '')}${open.endsWith('\\') ? '' : '\n'}${line}`;
    if (open.endsWith('\\') || (/^for /.test(open) && !/\bdone$/.test(open))) continue;
    commands.push(open);
    open = '';
  }
  return commands;
}

/** What a script can't do, or must not. The first that fits counts. */
const UNPLAYED: readonly (readonly [RegExp, string])[] = [
  [
    /docker|^(cp \.env|cd deploy$|export POSTGRES|TEMPORAL_(SERVER|ADMIN))/,
    'needs Docker; the production tests and CI run the image and the compose file',
  ],
  [/kubectl/, 'needs a Kubernetes cluster; `npm run lint:deploy` checks the manifests'],
  [
    /^(useradd|install|systemctl|journalctl|echo .*> \/etc|printf .*install)|systemctl/,
    'needs root on a machine with systemd',
  ],
  [/git (clone|pull)|^cd seatgeek-halo/, 'needs the address of the repository'],
  [/^npm ci|^npm test/, 'CI runs it with every change'],
  [/halopsa\.com|example\.com|hooks\.slack|ALERTS_WEBHOOK/, "names somebody else's system"],
  [/^temporal config set/, "writes into the user's own temporal.toml"],
  [/^npm run starter -- …$/, 'heads a table'],
  [/^npx mocha/, 'is a test: CI runs it'],
  [/^npm run starter -- init$/, 'is typed in a terminal: record-first-connection.ts and test/slow/wizard.test.ts do'],
  [
    /--ui-codec-endpoint|^export PAYLOAD_KEYS|codec-server|CODEC_SERVER|temporal workflow show/,
    'needs keys and a second server: test/slow/sealed-web-ui.test.ts does it',
  ],
];

/** Null where it can be run. */
export function whyUnplayed({ command }: DocsCommand): string | null {
  return UNPLAYED.find(([pattern]) => pattern.test(command))?.[1] ?? null;
}
