/** MLflow's REST API 2.0: its registry, its logged models, and the artifacts that it serves itself. */

export interface MlflowSettings {
  /** Address of the server, without a final slash. */
  readonly trackingUri: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface MlflowFile {
  /** Below the folder that was listed. */
  readonly path: string;
  readonly bytes: number;
}

export interface Mlflow {
  /** One call of the API, such as `runs/get`. Rejects with MlflowRefused. */
  ask(path: string, query?: Readonly<Record<string, string>>): Promise<Fields>;
  /** Files below a folder of the server's own store, `mlflow-artifacts:/<folder>`. */
  list(folder: string): Promise<MlflowFile[]>;
  read(path: string): Promise<Uint8Array>;
}

/** The server said no, or nothing. `message` ends without a full stop. */
export class MlflowRefused extends Error {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;

  constructor(message: string, status: number, cause?: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

const ANSWER_MS = 30_000;
const DOWNLOAD_MS = 600_000;
/** A folder with more is no model. */
const MOST_FILES = 10_000;

export function openMlflow({ trackingUri, environment }: MlflowSettings): Mlflow {
  const headers = authorization(environment);
  const request = async (path: string, ms: number): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(`${trackingUri}/api/2.0/${path}`, { headers, signal: AbortSignal.timeout(ms) });
    } catch (error) {
      const cause = (error as { cause?: { message?: string } }).cause?.message;
      throw new MlflowRefused(`${trackingUri} does not answer: ${cause ?? (error as Error).message}`, 0, error);
    }
    if (response.ok) return response;
    throw new MlflowRefused(`${trackingUri} answers ${response.status}: ${await said(response)}`, response.status);
  };
  const ask: Mlflow['ask'] = async (path, query = {}) => {
    const text = new URLSearchParams(query).toString();
    const response = await request(`mlflow/${path}${text === '' ? '' : `?${text}`}`, ANSWER_MS);
    return object(await response.json());
  };
  return {
    ask,
    list: (folder) =>
      listBelow(folder, async (path) => {
        const query = new URLSearchParams({ path });
        return object(await (await request(`mlflow-artifacts/artifacts?${query}`, ANSWER_MS)).json());
      }),
    read: async (path) => {
      const encoded = path.split('/').map(encodeURIComponent).join('/');
      const response = await request(`mlflow-artifacts/artifacts/${encoded}`, DOWNLOAD_MS);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/** MLflow's own variables: a token, or a user and a password. */
function authorization(environment: MlflowSettings['environment']): Record<string, string> {
  const token = environment['MLFLOW_TRACKING_TOKEN'] ?? '';
  if (token !== '') return { authorization: `Bearer ${token}` };
  const user = environment['MLFLOW_TRACKING_USERNAME'] ?? '';
  if (user === '') return {};
  const pair = `${user}:${environment['MLFLOW_TRACKING_PASSWORD'] ?? ''}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

async function said(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') return message.replace(/\.$/, '');
  } catch {
    // A proxy in front of MLflow answers in HTML; its status line says enough.
  }
  return response.statusText;
}

async function listBelow(folder: string, page: (path: string) => Promise<Fields>): Promise<MlflowFile[]> {
  const found: MlflowFile[] = [];
  const walk = async (below: string): Promise<void> => {
    const { files } = await page(below === '' ? folder : `${folder}/${below}`);
    for (const entry of Array.isArray(files) ? files.map(object) : []) {
      const name =
        String(entry['path'] ?? '')
          .split('/')
          .at(-1) ?? '';
      if (name === '' || name === '.' || name === '..') throw new MlflowRefused('a listed file has no name', 0);
      const path = below === '' ? name : `${below}/${name}`;
      if (entry['is_dir'] === true) await walk(path);
      else found.push({ path, bytes: Number(entry['file_size'] ?? 0) });
      if (found.length > MOST_FILES) throw new MlflowRefused(`"${folder}" holds more than ${MOST_FILES} files`, 0);
    }
  };
  await walk('');
  return found;
}

function object(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
