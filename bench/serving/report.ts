/** The bench's numbers as tables, bars and a plot. */
import { arch, availableParallelism, cpus, totalmem } from 'node:os';
import type { Verdict } from '../bench.ts';
import { type Colour, plotBars } from '../plot.ts';
import type { Contestant, Name } from './contestants.ts';
import {
  CONNECTIONS,
  count,
  type Findings,
  grpcValue,
  type Image,
  imageValue,
  megabytes,
  once,
  print,
  type Quantity,
  value,
} from './findings.ts';
import { VERSION as GHZ } from './ghz.ts';
import { CALLERS, CONNECTIONS as GRPC_CONNECTIONS } from './grpc.ts';
import { verdictsOf } from './verdicts.ts';

const COLOURS: Readonly<Record<Name, Colour>> = {
  predictor: 'ours',
  floor: 'neutral',
  mlserver: 'first',
  kserve: 'second',
};

export function report(findings: Findings): { markdown: string; svg: string; verdicts: Verdict[] } {
  const verdicts = verdictsOf(findings);
  return { markdown: markdown(findings, verdicts), svg: plot(findings), verdicts };
}

function markdown(findings: Findings, verdicts: readonly Verdict[]): string {
  const { absent, runs, seconds, soak } = findings;
  return `# Serving

The iris logistic regression over REST: one row as JSON, connections kept open, each sending its next request when the answer
has come. One core for the server, another for the load. The predictor runs compiled, as its image starts it. The peers serve the
scikit-learn pickle of the same data in one process, without a log line per request, on one thread; they answer the class alone, the
predictor and the floor the class and three probabilities. The floor is node:http, JSON.parse and onnxruntime-node with
requests that wait put into one run, and no check of anything. Median of ${runs} runs of ${seconds} s, by turns.

${absent.map(({ label, reason }) => `${label}: peer not run: ${reason}.\n`).join('')}${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${process.platform} ${arch()}, ${cpuName()}${availableParallelism()} CPUs, ${Math.round(totalmem() / 2 ** 30)} GiB of memory. Load average before the
first run: ${findings.loadBefore.toFixed(1)}.${findings.loadBefore > 0.5 ? ' Other work had its part of both cores: CPU per request is steadier here than time.' : ''}

![Requests per second](serving.svg)

| connections | | req/s | p50 | p99 | CPU per request | req/s beside MLServer | beside the floor | load generator busy |
|---:|---|---:|---:|---:|---:|---:|---:|---:|
${CONNECTIONS.flatMap((connections) => findings.contestants.map((one) => row(findings, one, connections))).join('\n')}

| | start to ready | resident memory after warm-up |
|---|---:|---:|
${findings.contestants.map(({ name, label }) => `| ${label} | ${once(findings, name, 'start').toFixed(2)} s | ${megabytes(once(findings, name, 'memory'))} |`).join('\n')}

| bar | measured | |
|---|---|---|
${verdicts.map(({ bar, measured, held }) => `| ${bar} | ${measured} | ${held === undefined ? 'not measured' : held ? 'held' : '**missed**'} |`).join('\n')}

${grpcPart(findings)}

An image, FP32 1×3×224×224 (602 kB), there and back through an Identity graph over 4 connections:

| | req/s | p50 | p99 | CPU per request | req/s beside the echo |
|---|---:|---:|---:|---:|---:|
${imageRows(findings).join('\n')}

A model of ${findings.heavy.runMs.toFixed(0)} ms (matrices of 512×512 multiplied), four connections: ${findings.heavy.rate.toFixed(1)} requests per second, where onnxruntime
alone makes ${findings.heavy.ownRate.toFixed(1)} runs on the same core. Health and metadata meanwhile: p50 ${findings.heavy.probeP50.toFixed(1)} ms, p99 ${findings.heavy.probeP99.toFixed(1)} ms.

Resident memory of the predictor at 64 connections, over ${count(soak.samples.at(-1)?.requests ?? 0)} requests:

| requests | resident memory |
|---:|---:|
${spread(soak.samples)
  .map((sample) => `| ${count(sample.requests)} | ${megabytes(sample.memory)} |`)
  .join('\n')}

\`npm run bench -- serving\` makes this file again; \`--requests 500000\` watches memory for longer.
`;
}

function cpuName(): string {
  const name = cpus()[0]?.model.trim() ?? '';
  return name === '' || name === 'unknown' ? '' : `${name}, `;
}

function times(share: number): string {
  return `${share.toFixed(share < 10 ? 2 : 1)} ×`;
}

function row(findings: Findings, { name, label }: Contestant, connections: number): string {
  const of = (which: Quantity) => print(value(findings, name, connections, which), which);
  const beside = (other: Name) => {
    const mine = value(findings, name, connections, 'rps');
    const theirs = value(findings, other, connections, 'rps');
    if (name === other || mine === undefined || theirs === undefined) return '';
    return times(mine / theirs);
  };
  const rps = count(value(findings, name, connections, 'rps') ?? Number.NaN);
  const cells = [rps, of('p50'), of('p99'), of('cpu'), beside('mlserver'), beside('floor'), of('busy')];
  return `| ${connections} | ${label} | ${cells.join(' | ')} |`;
}

function grpcPart(findings: Findings): string {
  const { absent } = findings.grpc;
  const what = `The same row over gRPC, with typed contents: ${CALLERS} callers of ghz ${GHZ} on ${GRPC_CONNECTIONS} connections`;
  if (absent !== undefined) return `${what}: not run: ${absent}.`;
  const rows = findings.contestants.flatMap(({ name, label }) => {
    const rate = grpcValue(findings, name, 'rps');
    if (rate === undefined) return [];
    const of = (which: Quantity) => print(grpcValue(findings, name, which), which);
    const theirs = name === 'mlserver' ? undefined : grpcValue(findings, 'mlserver', 'rps');
    const beside = theirs === undefined ? '' : times(rate / theirs);
    return `| ${[label, count(rate), of('p50'), of('p99'), of('cpu'), beside, of('busy')].join(' | ')} |`;
  });
  return `${what}.

| | req/s | p50 | p99 | CPU per request | req/s beside MLServer | ghz busy |
|---|---:|---:|---:|---:|---:|---:|
${rows.join('\n')}`;
}

const FORMS: Readonly<Record<Image['form'], string>> = {
  echo: 'node:http echo of the same bytes',
  binary: 'predictor, binary tensor data',
  grpc: 'predictor, gRPC with raw contents',
  json: 'predictor, JSON',
};

function imageRows(findings: Findings): string[] {
  const of = (form: Image['form'], which: Quantity) => imageValue(findings, form, which);
  return (['echo', 'binary', 'grpc', 'json'] as const).map((form) => {
    const share = of(form, 'rps') / of('echo', 'rps');
    const cells = [
      of(form, 'rps').toFixed(0),
      print(of(form, 'p50'), 'p50'),
      print(of(form, 'p99'), 'p99'),
      print(of(form, 'cpu'), 'cpu'),
    ];
    return `| ${FORMS[form]} | ${cells.join(' | ')} | ${form === 'echo' ? '' : `${share.toFixed(2)} ×`} |`;
  });
}

/** At most eight, the first and the last among them. */
function spread<T>(samples: readonly T[]): T[] {
  const last = samples.length - 1;
  const wanted = new Set(Array.from({ length: 8 }, (_, index) => Math.round((index * last) / 7)));
  return samples.filter((_, index) => wanted.has(index));
}

function plot(findings: Findings): string {
  const { contestants } = findings;
  return plotBars({
    title: 'One row of JSON there, the class back',
    subtitle: 'requests per second on one core; higher is better',
    unit: 'req/s',
    groups: [...CONNECTIONS].reverse().map((connections) => ({
      label: `${connections} connection${connections === 1 ? '' : 's'}`,
      bars: contestants.map(({ name, label }) => ({
        label,
        parts: [{ value: value(findings, name, connections, 'rps') ?? 0, colour: COLOURS[name] }],
      })),
    })),
    legend: contestants.map(({ name, label }) => ({ label, colour: COLOURS[name] })),
  });
}
