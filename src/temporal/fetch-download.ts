/** Gets a Temporal program from the SDK's download host, asking for it as the SDK does (`reference/temporal.md` B.2). */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SDK_VERSION, type Executable } from './executables.js';

export const DOWNLOAD_HOST = new URL('https://temporal.download/');

const downloadInfo = z.object({ archiveUrl: z.url(), fileToExtract: z.string().regex(/^[\w./-]+$/) });

export type DownloadInfo = z.output<typeof downloadInfo>;

const run = promisify(execFile);
const ASK_TIMEOUT_MS = 3_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const ARCHITECTURES: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Where this machine's archive lies. Throws when the host can't be reached within three seconds or has none. */
export async function askForDownload(executable: Executable, host: URL = DOWNLOAD_HOST): Promise<DownloadInfo> {
  const platform = PLATFORMS[process.platform];
  const arch = ARCHITECTURES[process.arch];
  if (platform === undefined || arch === undefined)
    throw new Error(`no download for ${process.platform} ${process.arch}`);
  const url = new URL(`${executable.artifact}/default`, host);
  const query = { arch, platform, format: 'tar.gz', 'sdk-name': 'sdk-typescript', 'sdk-version': SDK_VERSION };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await get(url, ASK_TIMEOUT_MS);
  return downloadInfo.parse(await response.json());
}

/** Puts the program into the existing folder `folder` and answers its path. The system's `tar` unpacks it. */
export async function fetchFromDownload(info: DownloadInfo, folder: string): Promise<string> {
  const archive = join(folder, 'archive.tar.gz');
  const response = await get(new URL(info.archiveUrl), DOWNLOAD_TIMEOUT_MS);
  if (response.body === null) throw new Error('the archive is empty');
  await pipeline(Readable.fromWeb(response.body), createWriteStream(archive));
  await run('tar', ['-xf', archive, '-C', folder, info.fileToExtract]);
  const target = join(folder, info.fileToExtract);
  await chmod(target, 0o755);
  return target;
}

async function get(url: URL, timeoutMs: number): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch((error: unknown) => {
    throw new Error(`${url.host} can't be reached`, { cause: error });
  });
  if (!response.ok) throw new Error(`${url.host} answered ${response.status}`);
  return response;
}
