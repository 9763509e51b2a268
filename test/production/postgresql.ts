/** A PostgreSQL of one's own in a folder of one's own, on loopback, with the programs that a backup takes. */
import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../src/temporal/free-port.js';
import { runningAs, type Tools } from './tools.js';

const run = promisify(execFile);
const DATABASES = ['temporal', 'temporal_visibility'];

export const PASSWORD = 'of-this-test-alone';

export class Postgresql {
  private constructor(
    private readonly bin: string,
    readonly folder: string,
    readonly port: number,
  ) {}

  static async start({ postgresql }: Tools): Promise<Postgresql> {
    const folder = await mkdtemp(path.join(tmpdir(), 'postgresql-'));
    await chmod(folder, 0o755);
    const data = path.join(folder, 'data');
    await mkdir(data);
    const passwordFile = path.join(folder, 'password');
    await writeFile(passwordFile, PASSWORD);
    const { uid, gid } = runningAs() ?? {};
    if (uid !== undefined && gid !== undefined)
      for (const file of [folder, data, passwordFile]) await chown(file, uid, gid);
    const server = new Postgresql(postgresql, folder, await freePort());
    await server.#run(
      'initdb',
      '--username=temporal',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--no-sync',
      data,
    );
    await server.begin();
    return server;
  }

  /** Starts it again on the same files. */
  async begin(): Promise<void> {
    const options = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${this.folder}`;
    await this.#run(
      'pg_ctl',
      'start',
      '--wait',
      '--log',
      path.join(this.folder, 'log'),
      '--options',
      options,
      ...this.#data,
    );
  }

  /** As a crash would: nothing is flushed, the log is replayed at the next start. */
  async crash(): Promise<void> {
    await this.#run('pg_ctl', 'stop', '--mode=immediate', ...this.#data);
  }

  /** Both databases, as they are while Temporal writes them. Answers the folder of the dumps. */
  async dump(): Promise<string> {
    const folder = path.join(this.folder, 'backup');
    await mkdir(folder);
    const { uid, gid } = runningAs() ?? {};
    if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
    for (const name of DATABASES) {
      await this.#run('pg_dump', ...this.#client, '--format=custom', `--file=${path.join(folder, name)}`, name);
    }
    return folder;
  }

  async drop(): Promise<void> {
    for (const name of DATABASES) await this.#run('dropdb', ...this.#client, '--force', name);
  }

  async restore(dumps: string): Promise<void> {
    for (const name of DATABASES) {
      await this.#run('createdb', ...this.#client, name);
      await this.#run('pg_restore', ...this.#client, '--exit-on-error', `--dbname=${name}`, path.join(dumps, name));
    }
  }

  /** Bytes of both databases. */
  async size(): Promise<number> {
    const sql = "select sum(pg_database_size(datname)) from pg_database where datname like 'temporal%'";
    return Number(await this.#run('psql', ...this.#client, '--tuples-only', '--dbname=postgres', '--command', sql));
  }

  /** Connections that clients have open. */
  async connections(): Promise<number> {
    const sql = "select count(*) from pg_stat_activity where backend_type = 'client backend'";
    return Number(await this.#run('psql', ...this.#client, '--tuples-only', '--dbname=postgres', '--command', sql));
  }

  async remove(): Promise<void> {
    await this.crash().catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true });
  }

  get #data(): string[] {
    return ['--pgdata', path.join(this.folder, 'data')];
  }

  get #client(): string[] {
    return ['--host=127.0.0.1', `--port=${this.port}`, '--username=temporal', '--no-password'];
  }

  async #run(program: string, ...args: readonly string[]): Promise<string> {
    const env = { ...process.env, PGPASSWORD: PASSWORD, LC_ALL: 'C' };
    const { stdout } = await run(path.join(this.bin, program), args, { ...runningAs(), cwd: this.folder, env });
    return stdout;
  }
}
