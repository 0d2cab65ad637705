/** A serving process's side of the channel to the first process: what it is told, asks and answers. */
import type { DataPlane } from '../data-plane.ts';
import type { Outcome } from '../models/registry.ts';
import type { Ports } from '../operate/listeners.ts';
import type { LogControl } from '../operate/log-settings.ts';
import type { Metrics } from '../operate/metrics.ts';
import type { Announce } from '../serve/announce.ts';
import { type Answering, type Begin, createTalk, type Notice, type Order, type Talk } from './talk.ts';

export interface Link extends Pick<Begin, 'number' | 'replaces' | 'unloaded' | 'logs'> {
  readonly ports: Ports | undefined;
  readonly announce: Announce;
  /** Whether every process of this server is ready. */
  allReady(): boolean;
  /** What this process serves with, so that whoever asks it asks all. Call once. */
  join(own: Own): Joined;
  /** Call once. */
  follow(stop: (signal: string) => void, reload: () => void): void;
  /** A process that replaces another serves from now on. */
  rejoin(): void;
}

export interface Own {
  readonly plane: DataPlane;
  readonly logControl: LogControl;
  readonly readings: Metrics['readings'];
}

export interface Joined {
  readonly plane: DataPlane;
  readonly logControl: LogControl;
  readonly metrics: Metrics['text'];
}

interface Told {
  started: boolean;
  ready: boolean;
  stop: (signal: string) => void;
  reload: () => void;
  answering: Answering;
  /** The order to stop, which may come before there is anything to stop. */
  signal?: string;
}

/** Resolves once the first process has said what this one is to do. */
export function connect(): Promise<Link> {
  // The terminal sends its signals to the whole group, and what they mean for it is the first process's to say.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  const send = (notice: Notice<readonly Outcome[]>) => {
    // Without the channel the process is about to end: Node's cluster sees to it.
    if (process.connected) process.send?.(notice);
  };
  const early = () => Promise.reject(new Error('the process has only begun'));
  const told: Told = { started: false, ready: false, stop: () => {}, reload: () => {}, answering: early };
  const talk = createTalk(send, (kind, body) => told.answering(kind, body));
  return new Promise((resolve) => {
    process.on('message', (order: Order) => {
      if ('talk' in order) talk.receive(order);
      else if (order.news === 'begin') resolve(linkOf(order, told, talk, send));
      else if (order.news === 'all') Object.assign(told, { started: order.started, ready: order.ready });
      else if (order.news === 'reload') told.reload();
      else {
        told.signal = order.signal;
        told.stop(order.signal);
      }
    });
    send({ news: 'here' });
  });
}

function linkOf(begin: Begin, told: Told, talk: Talk, send: (notice: Notice<readonly Outcome[]>) => void): Link {
  const { number, replaces, unloaded, logs } = begin;
  const loaded = (outcomes: readonly Outcome[], ready: boolean) => {
    const serves = outcomes.some(({ result }) => result !== 'failed');
    send({ news: 'loaded', outcomes, serves, ready, residentBytes: process.memoryUsage.rss() });
  };
  return {
    number,
    replaces,
    unloaded,
    logs,
    ports: begin.ports,
    announce: {
      listening: (ports) => send({ news: 'listening', ports: { ...ports } }),
      started: (outcomes) =>
        loaded(
          outcomes,
          outcomes.every(({ result }) => result !== 'failed'),
        ),
      ready: (outcomes) => loaded(outcomes, true),
    },
    allReady: () => told.ready,
    join: (own) => {
      told.answering = answersOf(own) as Answering;
      return { plane: planeOfAll(own.plane, told, talk), ...others(own.logControl, talk) };
    },
    follow: (stop, reload) => {
      Object.assign(told, { stop, reload });
      if (told.signal !== undefined) stop(told.signal);
    },
    rejoin: () => send({ news: 'rejoined' }),
  };
}

function answersOf({ plane, logControl, readings }: Own) {
  return async (kind: string, body: never): Promise<unknown> => {
    if (kind === 'statistics') return plane.statistics();
    if (kind === 'readings') return readings();
    if (kind === 'load') await plane.load(body);
    if (kind === 'unload') await plane.unload(body);
    if (kind === 'logs') await logControl.change(body);
    return null;
  };
}

function planeOfAll(own: DataPlane, told: Told, talk: Talk): DataPlane {
  return {
    ...own,
    modelReady: (name, version) => {
      const here = own.modelReady(name, version);
      if (told.started || !here.ready) return here;
      return { ...here, ready: false, reason: 'another process of this server still loads' };
    },
    load: async (name) => void (await talk.ask('load', name)),
    unload: async (name) => void (await talk.ask('unload', name)),
    statistics: async (name, version) => {
      const here = await own.statistics(name, version);
      const wanted = new Set(here.map((one) => JSON.stringify([one.name, one.version])));
      const all = await talk.ask('statistics', null);
      return all.filter((one) => wanted.has(JSON.stringify([one.name, one.version])));
    },
  };
}

function others(logControl: LogControl, talk: Talk): Pick<Joined, 'logControl' | 'metrics'> {
  return {
    logControl: {
      ...logControl,
      change: async (changes) => {
        // Refused here, before anybody else hears of it.
        await logControl.change(changes);
        await talk.ask('logs', changes);
      },
    },
    metrics: () => talk.ask('metrics', null),
  };
}
