/** Code on a Jupyter kernel, over the WebSocket that notebooks use (messages as JSON text). */
import { randomUUID } from 'node:crypto';
import { type Dispatcher, WebSocket } from 'undici';

export interface Kernel {
  /** Runs one cell; its printed text and results. Throws with Python's traceback if it fails. */
  run(code: string): Promise<string>;
  close(): void;
}

interface Message {
  readonly channel: 'shell' | 'iopub' | 'control' | 'stdin';
  readonly header: { readonly msg_id: string; readonly msg_type: string };
  readonly parent_header: { readonly msg_id?: string };
  readonly content: Readonly<Record<string, unknown>>;
}

interface Running {
  readonly id: string;
  readonly output: string[];
  /** The kernel's answer, and that it is idle again: both, in any order, end a cell. */
  reply?: Readonly<Record<string, unknown>>;
  idle: boolean;
  readonly resolve: (output: string) => void;
  readonly reject: (error: Error) => void;
}

export interface KernelAddress {
  /** ws:// or wss:// address of the kernel's channels. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly dispatcher: Dispatcher;
}

export async function connectKernel({ url, headers, dispatcher }: KernelAddress): Promise<Kernel> {
  const socket = new WebSocket(url, { headers: { ...headers }, dispatcher });
  const session = randomUUID();
  let running: Running | undefined;

  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true });
    socket.addEventListener('error', ({ message }) => reject(new Error(`no kernel at ${url}: ${message}`)), {
      once: true,
    });
  });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (running === undefined || message.parent_header.msg_id !== running.id) return;
    take(running, message);
    if (running.reply === undefined || !running.idle) return;
    const cell = running;
    running = undefined;
    finish(cell);
  });
  socket.addEventListener('close', ({ code }) => {
    running?.reject(new Error(`the kernel's connection was closed with ${code} while a cell ran`));
    running = undefined;
  });

  return {
    run: (code) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) throw new Error("the kernel's connection is closed");
        if (running !== undefined) throw new Error('a kernel runs one cell at a time');
        const id = randomUUID();
        running = { id, output: [], idle: false, resolve, reject };
        socket.send(JSON.stringify(request(id, session, code)));
      }),
    close: () => socket.close(),
  };
}

function request(id: string, session: string, code: string): object {
  return {
    channel: 'shell',
    header: {
      msg_id: id,
      msg_type: 'execute_request',
      session,
      username: '',
      version: '5.3',
      date: new Date().toISOString(),
    },
    parent_header: {},
    metadata: {},
    content: {
      code,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    },
    buffers: [],
  };
}

function take(running: Running, { header, content }: Message): void {
  if (header.msg_type === 'stream') running.output.push(String(content['text']));
  if (header.msg_type === 'execute_result' || header.msg_type === 'display_data') {
    const data = content['data'] as Readonly<Record<string, unknown>>;
    running.output.push(`${data['text/plain']}\n`);
  }
  if (header.msg_type === 'execute_reply') running.reply = content;
  if (header.msg_type === 'status' && content['execution_state'] === 'idle') running.idle = true;
}

function finish({ reply, output, resolve, reject }: Running): void {
  if (reply?.['status'] === 'ok') {
    resolve(output.join(''));
    return;
  }
  const traceback = (reply?.['traceback'] as readonly string[] | undefined)?.join('\n') ?? JSON.stringify(reply);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours of a traceback start with ESC
  reject(new Error(traceback.replace(/\x1b\[[0-9;]*m/g, '')));
}
