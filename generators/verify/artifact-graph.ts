/** Tier T6, the graph: can the pinned ONNX Runtime run it, does it fit into memory, is it what the signature says. */
import type { Tensor } from '../../schemas/types/models.d.ts';
import type { OnnxTensor } from '../artifact/onnx.ts';
import type { ModelSummary } from '../artifact/summary.ts';
import { fault, type Problem, warning } from '../problem.ts';
import type { ArtifactInput, ArtifactPlaces } from './artifact.ts';

/** `schemas/onnx-operators.json`, which `npm run operators` asks of the runtime. */
export interface OperatorTable {
  readonly runtime: string;
  readonly irVersion: number;
  readonly opsets: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, Readonly<Record<string, readonly (readonly number[])[]>>>>;
}

/** `schemas/onnx-kernels.json`, which `predictor/kernels.py` asks of the runtime. */
export interface KernelTable {
  readonly runtime: string;
  /** Domain → operator → first and last opset, and the element types that its first input may have. */
  readonly kernels: Readonly<Record<string, Readonly<Record<string, readonly KernelRange[]>>>>;
}

type KernelRange = readonly [first: number, last: number, elements: readonly string[]];
type Graph = NonNullable<ModelSummary['onnx']>;

export function checkGraph(input: ArtifactInput, graph: Graph, places: ArtifactPlaces): Problem[] {
  return [
    ...versionFaults(input, graph, places),
    ...operatorFaults(input, graph, places),
    ...kernelFaults(input, graph, places),
    ...memoryFaults(input, graph, places),
    // An older version may rightly have taken something else.
    ...(input.served ? [...signatureFaults(input, graph, places), ...exampleFaults(input, graph, places)] : []),
  ];
}

function versionFaults({ version, operators }: ArtifactInput, graph: Graph, { inVersion }: ArtifactPlaces): Problem[] {
  const place = inVersion('artifact');
  const repair = `Export the model for ONNX Runtime ${operators.runtime}, or move the predictor to a newer one`;
  const problems: Problem[] = [];
  if (graph.irVersion > operators.irVersion) {
    const message = `Cannot run version ${version.version}: it has ONNX IR version ${graph.irVersion}, the predictor's runtime reads up to ${operators.irVersion}`;
    problems.push(fault('MODEL_OPSET', place, message, repair));
  }
  for (const [domain, opset] of Object.entries(graph.opsets)) {
    const newest = operators.opsets[domain];
    if (newest === undefined || opset <= newest) continue;
    const message = `Cannot run version ${version.version}: it asks for opset ${opset} of ${domain}, the predictor's runtime has up to ${newest}`;
    problems.push(fault('MODEL_OPSET', place, message, repair));
  }
  return problems;
}

/** Domains that the runtime has without a list of their operators are left to tier T7, which loads the model. */
function operatorFaults({ version, operators }: ArtifactInput, graph: Graph, { inVersion }: ArtifactPlaces): Problem[] {
  const missing = graph.operators.filter(({ domain, type }) => {
    const list = operators.operators[domain];
    if (list === undefined) return operators.opsets[domain] === undefined;
    const opset = Math.min(graph.opsets[domain] ?? 1, operators.opsets[domain] ?? 1);
    return !(list[type] ?? []).some(([first = 0, last = 0]) => first <= opset && opset <= last);
  });
  if (missing.length === 0) return [];
  const names = missing.slice(0, 5).map(({ domain, type }) => `${domain} ${type}`);
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : '';
  const message = `Cannot run version ${version.version}: ONNX Runtime ${operators.runtime} has no operator ${names.join(', ')}${more} in the opset that it asks for`;
  return [fault('MODEL_OPERATOR', inVersion('artifact'), message, 'Export the model with operators of the standard')];
}

/** Of this the runtime makes FLOAT where it has no kernel for it (core/optimizer/insert_cast_transformer.cc), unlike BFLOAT16. */
const CAST = 'FLOAT16';

/** An operator may be known, and have no code for the types that the graph gives it: the model then fails when it is loaded. */
function kernelFaults({ version, kernels }: ArtifactInput, graph: Graph, { inVersion }: ArtifactPlaces): Problem[] {
  const missing = graph.uses.flatMap(({ domain, type, element }) => {
    const opset = graph.opsets[domain] ?? 1;
    const range = kernels.kernels[domain]?.[type]?.find(([first, last]) => first <= opset && opset <= last);
    if (range === undefined || element === CAST || range[2].includes(element)) return [];
    return [`${domain} ${type} of ${element} (it has it of ${range[2].join(', ')})`];
  });
  if (missing.length === 0) return [];
  const more = missing.length > 3 ? ` and ${missing.length - 3} more` : '';
  const message = `Cannot run version ${version.version}: ONNX Runtime ${kernels.runtime} has no ${missing.slice(0, 3).join('; ')}${more}`;
  const repair = 'Export the model with another type, FLOAT for most, or cast in front of the operator';
  return [fault('MODEL_OPERATOR', inVersion('artifact'), message, repair)];
}

/**
 * Bytes that a replica needs at least while it opens a model: measured as the largest memory of the predictor's processes
 * on Linux x64 with ONNX Runtime 1.30.0. Models of a few kilobytes took up to 170 MiB (Node twice, the runtime's library,
 * its first arena), one of 20 MB 236 MiB and one of 80 MB 401 MiB: about 180 MiB and three times the weights, which stand
 * in memory as the file's bytes, as the parsed model and as the session's own form.
 */
const PROCESS_BYTES = 180 * 2 ** 20;

export function leastMemory(weightBytes: number): number {
  return PROCESS_BYTES + 3 * weightBytes;
}

function memoryFaults({ limits, model, version }: ArtifactInput, graph: Graph, { at }: ArtifactPlaces): Problem[] {
  const needed = leastMemory(graph.weightBytes);
  return limits.flatMap(({ cluster, bytes }) => {
    if (needed * 1.1 <= bytes) return [];
    const over = needed > bytes;
    const message = `${over ? 'Cannot run' : 'Memory is tight for'} version ${version.version} on "${cluster}" within ${mebibytes(bytes)}: it takes about ${mebibytes(needed)}, ${mebibytes(graph.weightBytes)} of them weights`;
    const place = model.resources?.memory === undefined ? at('name') : at('resources', 'memory');
    const repair = `Give it at least ${mebibytes(Math.ceil((needed * 1.25) / 2 ** 26) * 2 ** 26)}`;
    return [(over ? fault : warning)('MODEL_MEMORY', place, message, repair)];
  });
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}

function signatureFaults({ model, version }: ArtifactInput, graph: Graph, { at }: ArtifactPlaces): Problem[] {
  const { signature } = model;
  if (signature === undefined) return [];
  return (['inputs', 'outputs'] as const).flatMap((side) => {
    const tensors = graph[side];
    const told = signature[side].flatMap((tensor, index) => {
      const found = tensors.find(({ name }) => name === tensor.name);
      if (found !== undefined) return tensorFaults(tensor, found, side, index);
      const message = `Cannot find ${side.slice(0, -1)} "${tensor.name}" in version ${version.version}: it has ${quoted(tensors)}`;
      return [
        fault(
          'MODEL_SIGNATURE',
          at('signature', side, index, 'name'),
          message,
          'Write the names of the graph; give others as "alias"',
        ),
      ];
    });
    const missing = tensors.filter(({ name }) => !signature[side].some((tensor) => tensor.name === name));
    // An output may be left untold; an input that nobody sends fails every request.
    const unsaid = side === 'outputs' || told.length > 0 ? [] : missing;
    return [
      ...told,
      ...unsaid.map(({ name }) => {
        const message = `Cannot serve version ${version.version}: it also takes "${name}", which the signature does not name`;
        return fault('MODEL_SIGNATURE', at('signature', side), message, 'Add it to "inputs"');
      }),
    ];
  });

  function tensorFaults(tensor: Tensor, found: OnnxTensor, side: string, index: number): Problem[] {
    const what = `"${tensor.name}" of version ${version.version}`;
    const problems: Problem[] = [];
    if (found.datatype !== tensor.datatype) {
      const message = `Cannot take ${what} for ${tensor.datatype}: the graph says ${found.datatype ?? found.type}`;
      const repair = found.datatype === undefined ? 'Export the model with tensors' : `Write ${found.datatype}`;
      problems.push(fault('MODEL_SIGNATURE', at('signature', side, index, 'datatype'), message, repair));
    }
    if (!sameShape(tensor.shape, found.shape)) {
      const message = `Cannot take ${what} for shape [${tensor.shape.join(', ')}]: the graph says [${(found.shape ?? []).join(', ')}]`;
      problems.push(
        fault('MODEL_SIGNATURE', at('signature', side, index, 'shape'), message, 'Write the shape of the graph'),
      );
    }
    const width = found.shape?.at(-1);
    if (tensor.columns !== undefined && width !== undefined && width > 0 && tensor.columns.length !== width) {
      const message = `Cannot name the columns of ${what}: the graph has ${width}, ${tensor.columns.length} are named`;
      problems.push(fault('MODEL_SIGNATURE', at('signature', side, index, 'columns'), message, `List ${width} names`));
    }
    const classes = graph.labels[tensor.name];
    if (tensor.labels !== undefined && classes !== undefined && classes.length !== tensor.labels.length) {
      const message = `Cannot label ${what}: the graph has ${classes.length} classes, ${tensor.labels.length} are labelled`;
      problems.push(
        fault('MODEL_SIGNATURE', at('signature', side, index, 'labels'), message, `List ${classes.length} labels`),
      );
    }
    return problems;
  }
}

/**
 * -1 fits any size on either side. LightGBM's exporter declares [1] for a label and gives [N], so a graph's 1 in front
 * may be the batch; a graph without a shape fits any.
 */
function sameShape(told: readonly number[], graph: readonly number[] | undefined): boolean {
  if (graph === undefined) return true;
  if (told.length !== graph.length) return false;
  return told.every((size, index) => {
    const found = graph[index] ?? -1;
    return size === found || found === -1 || (index === 0 && found === 1 && size === -1);
  });
}

function quoted(tensors: readonly OnnxTensor[]): string {
  return tensors.map(({ name }) => `"${name}"`).join(', ');
}

/** With a signature, tier T4 has held the example against it; without one, the graph itself is the signature. */
function exampleFaults({ model, version }: ArtifactInput, graph: Graph, { at }: ArtifactPlaces): Problem[] {
  if (model.example === undefined || model.signature !== undefined) return [];
  return model.example.inputs.flatMap((input, index) => {
    const position = /^input-(\d+)$/.exec(input.name)?.[1];
    const tensor = graph.inputs.find(({ name }) => name === input.name) ?? graph.inputs[Number(position ?? -1)];
    const place = (field: string) => at('example', 'inputs', index, field);
    if (tensor === undefined) {
      const message = `Cannot send "${input.name}" to version ${version.version}: it takes ${quoted(graph.inputs)}`;
      return [fault('MODEL_EXAMPLE', place('name'), message, 'Write a name of the graph')];
    }
    const problems: Problem[] = [];
    if (tensor.datatype !== input.datatype) {
      const message = `Cannot send "${input.name}" as ${input.datatype} to version ${version.version}: the graph takes ${tensor.datatype ?? tensor.type}`;
      problems.push(fault('MODEL_EXAMPLE', place('datatype'), message, 'Write the datatype of the graph'));
    }
    const sizes = tensor.shape;
    if (
      sizes !== undefined &&
      (sizes.length !== input.shape.length || sizes.some((size, at) => size > 0 && size !== input.shape[at] && at > 0))
    ) {
      const message = `Cannot send shape [${input.shape.join(', ')}] as "${input.name}" to version ${version.version}: the graph takes [${sizes.join(', ')}]`;
      problems.push(fault('MODEL_EXAMPLE', place('shape'), message, 'Correct the shape'));
    }
    return problems;
  });
}
