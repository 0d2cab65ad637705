/**
 * Several serving processes behind the same ports. This first process serves nothing but the metrics: it starts the
 * others, brings another for each that ends, hands on what concerns all, and adds up what they count.
 *
 * Each process holds every model that runs inside the server, so memory grows with their number.
 */
import cluster from 'node:cluster';
import type { Outcome } from '../models/registry.ts';
import type { Log } from '../operate/log.ts';
import type { LogControl } from '../operate/log-settings.ts';
import type { Announce } from '../serve/announce.ts';
import { createOwnMetrics } from './metrics.ts';
import { createSeat, type Ending, type Seat } from './seat.ts';
import type { Answering, Begin, Kind, MetricsText, Notice, Questions, TalkMessage } from './talk.ts';
import { createTotals } from './totals.ts';

export interface PrimarySettings {
  readonly processes: number;
  readonly log: Log;
  readonly logControl: LogControl;
  readonly announce: Announce;
  /** A process could not begin to serve, so that none of them shall. */
  readonly failed: () => void;
}

/** Longest that an answer of one process is waited for when something is added up, in milliseconds. */
const answerMs = 5_000;

type News = Exclude<Notice<readonly Outcome[]>, TalkMessage>;
type State = { readonly started: boolean; readonly ready: boolean };

export class Primary {
  readonly #settings: PrimarySettings;
  readonly #seats: Seat[] = [];
  /** Of the processes that have ended their first load. */
  readonly #states = new Map<number, State>();
  readonly #totals = createTotals();
  readonly #unloaded = new Set<string>();
  readonly #metrics;
  #ports: Begin['ports'];
  #begun = false;
  #codes: (number | null)[] = [];
  /** Present once the server is to end. */
  #over: (() => void) | undefined;

  constructor(settings: PrimarySettings) {
    this.#settings = settings;
    // Connections are few and long-lived behind a proxy: Node's own choice, handing them out in turn, gives each process
    // as many as the others. NODE_CLUSTER_SCHED_POLICY=none leaves it to the kernel.
    cluster.setupPrimary({ serialization: 'advanced' });
    this.#metrics = createOwnMetrics(settings.processes, () => this.#count('ready'));
    this.#seats.push(this.#seat(1));
  }

  async metrics(): Promise<MetricsText> {
    await this.#gather('readings');
    return this.#totals.metrics(this.#metrics.registry);
  }

  reload(): void {
    for (const seat of this.#seats) seat.tell({ news: 'reload' });
  }

  /** Resolves when every process has ended; rejects when one did not end well. */
  async stop(signal: string): Promise<void> {
    const over = new Promise<void>((resolve) => {
      this.#over = resolve;
    });
    for (const seat of this.#seats) seat.leave();
    for (const seat of this.#seats) seat.tell({ news: 'stop', signal });
    this.#ifAllEnded();
    await over;
    const bad = this.#codes.filter((code) => code !== 0).length;
    if (bad > 0) throw new Error(`${bad} of ${this.#codes.length} processes did not end well`);
  }

  /** Ends every process without waiting for anything. */
  kill(): void {
    for (const seat of this.#seats) seat.leave();
    for (const seat of this.#seats) seat.kill();
  }

  #seat(number: number): Seat {
    return createSeat<readonly Outcome[]>(number, {
      notice: (news) => this.#heard(number, news),
      ended: (ending) => this.#ended(number, ending),
      answering: this.#answering,
      begin: () => ({
        ...(this.#ports === undefined ? {} : { ports: this.#ports }),
        unloaded: [...this.#unloaded],
        logs: this.#settings.logControl.settings(),
      }),
    });
  }

  #count(of: keyof State): number {
    return [...this.#states.values()].filter((state) => state[of]).length;
  }

  #all(of: keyof State): boolean {
    return this.#count(of) === this.#settings.processes;
  }

  #tellAll(): void {
    for (const seat of this.#seats)
      seat.tell({ news: 'all', started: this.#all('started'), ready: this.#all('ready') });
  }

  #heard(number: number, news: News): void {
    const { announce, log, processes } = this.#settings;
    if (news.news === 'listening') {
      if (this.#ports !== undefined) return;
      this.#ports = news.ports;
      announce.listening(news.ports);
      // Only now, so that the others know which ports it took.
      for (let next = 2; next <= processes; next++) this.#seats.push(this.#seat(next));
    } else if (news.news === 'loaded') this.#loaded(number, news);
    else if (news.news === 'rejoined')
      log('info', 'process-replaced', `Process ${number} serves in the place of the one that ended`, {
        process: number,
      });
  }

  #loaded(number: number, { outcomes, ready, residentBytes }: News & { news: 'loaded' }): void {
    const { announce, log } = this.#settings;
    const first = !this.#states.has(number);
    const before = this.#all('ready');
    this.#states.set(number, { started: true, ready });
    this.#tellAll();
    if (first) log('info', 'process-loaded', `Process ${number} has loaded`, { process: number, residentBytes });
    if (!this.#begun && this.#all('started')) {
      this.#begun = true;
      announce.started(outcomes);
    } else if (this.#begun && !before && this.#all('ready') && !first) announce.ready(outcomes);
  }

  /** Whether another process is to be started in this place. */
  #ended(number: number, { code, text, retryMs, served }: Ending): boolean {
    this.#states.delete(number);
    this.#totals.ended(number).catch((error: unknown) => this.#silent(number, error));
    if (this.#over !== undefined) {
      this.#codes.push(code);
      this.#ifAllEnded();
      return false;
    }
    if (!served) {
      this.#settings.failed();
      return false;
    }
    this.#metrics.restarted();
    this.#tellAll();
    const message = `Process ${number} ${text}; another starts in ${retryMs} ms`;
    this.#settings.log('error', 'process-lost', message, { process: number, retryMs });
    return true;
  }

  #ifAllEnded(): void {
    if (this.#seats.every((seat) => !seat.taken())) this.#over?.();
  }

  readonly #answering: Answering = async (kind, body) => {
    const answer = await this.#answer(kind, body as never);
    return answer as never;
  };

  async #answer(kind: Kind, body: never): Promise<unknown> {
    if (kind === 'metrics') return this.metrics();
    if (kind === 'readings') throw new Error('the first process has no share of its own');
    if (kind === 'statistics') {
      await this.#gather('statistics');
      return this.#totals.statistics();
    }
    if (kind === 'logs') await this.#settings.logControl.change(body);
    const all = Promise.all(this.#taken().map(({ talk }) => talk.ask(kind, body as Questions[typeof kind]['ask'])));
    if (kind === 'load') this.#unloaded.delete(body);
    await all;
    if (kind === 'unload') this.#unloaded.add(body);
    return null;
  }

  #taken(): readonly Seat[] {
    return this.#seats.filter((seat) => seat.taken());
  }

  /** What a process said before stands for one that does not answer. */
  async #gather(kind: 'readings' | 'statistics'): Promise<void> {
    const asked = this.#taken().map(async ({ number, talk }) => {
      try {
        this.#totals.told(number, { [kind]: await talk.ask(kind, null, answerMs) });
      } catch (error) {
        this.#silent(number, error);
      }
    });
    await Promise.all(asked);
  }

  #silent(number: number, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#settings.log('warn', 'process-silent', `Process ${number} told nothing new: ${reason}`, { process: number });
  }
}
