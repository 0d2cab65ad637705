/**
 * Reads an `MLmodel` file, the description that MLflow (2 and 3) writes beside each logged model. Source: MLflow's
 * `mlflow.models.Model` and `mlflow.types.schema`; the signature is JSON text inside the YAML.
 */
import { isAlias, parseDocument, visit } from 'yaml';
import type { Datatype } from './element.ts';
import type { Reading } from './reading.ts';

/** One input or output of the signature. A column is one named value a row; a tensor has a shape of its own. */
export interface MlField {
  readonly name?: string;
  readonly kind: 'column' | 'tensor';
  /** MLflow's word: `double`, `long`, … for a column, numpy's (`float32`) for a tensor. */
  readonly type: string;
  /** Absent where the Open Inference Protocol has no such type. */
  readonly datatype?: Datatype;
  /** Of a tensor; -1 for a dimension of any size. */
  readonly shape?: readonly number[];
}

export interface MlModelFacts {
  /** Format as `models.yaml` names it; absent where no flavor is one that a runtime serves. */
  readonly format?: 'onnx' | 'sklearn' | 'xgboost' | 'lightgbm' | 'tensorflow' | 'pytorch';
  /** Every flavor, `python_function` included. */
  readonly flavors: readonly string[];
  /** The model file, or folder, of `format`, relative to the MLmodel file. */
  readonly modelFile?: string;
  readonly modelId?: string;
  readonly runId?: string;
  readonly inputs: readonly MlField[];
  readonly outputs: readonly MlField[];
  /** Stored input examples, the form that clients send first. */
  readonly examples: readonly string[];
  /** Every file that the MLmodel file names, itself included: what a complete folder holds at least. */
  readonly files: readonly string[];
  /** What the author stored with the model. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Flavor → the key of its model file, in the order of preference where a model has several. */
const MODEL_FILES = [
  ['onnx', 'data'],
  ['xgboost', 'data'],
  ['lightgbm', 'data'],
  ['sklearn', 'pickled_model'],
  ['tensorflow', 'data'],
  ['pytorch', 'model_data'],
] as const;

const COLUMN_TYPES = new Map<string, Datatype>([
  ['boolean', 'BOOL'],
  ['integer', 'INT32'],
  ['long', 'INT64'],
  ['float', 'FP32'],
  ['double', 'FP64'],
  ['string', 'BYTES'],
  ['binary', 'BYTES'],
  ['datetime', 'BYTES'],
]);

const NUMPY_TYPES = new Map<string, Datatype>([
  ['bool', 'BOOL'],
  ['uint8', 'UINT8'],
  ['uint16', 'UINT16'],
  ['uint32', 'UINT32'],
  ['uint64', 'UINT64'],
  ['int8', 'INT8'],
  ['int16', 'INT16'],
  ['int32', 'INT32'],
  ['int64', 'INT64'],
  ['float16', 'FP16'],
  ['float32', 'FP32'],
  ['float64', 'FP64'],
  ['str', 'BYTES'],
  ['object', 'BYTES'],
  ['bytes', 'BYTES'],
]);

export function readMlModel(text: string): Reading<MlModelFacts> {
  const root = parse(text);
  if (root.fault !== undefined) return root;
  const flavors = fieldsOf(root.value['flavors']);
  if (Object.keys(flavors).length === 0) return { fault: 'it is no MLmodel file: it names no flavor' };
  const signature = fieldsOf(root.value['signature']);
  const [inputs, outputs] = [schemaOf(signature, 'inputs'), schemaOf(signature, 'outputs')];
  const fault = inputs.fault ?? outputs.fault;
  if (fault !== undefined) return { fault };
  const main = MODEL_FILES.find(([flavor]) => flavors[flavor] !== undefined);
  const modelFile = main === undefined ? undefined : textOf(fieldsOf(flavors[main[0]])[main[1]]);
  const saved = fieldsOf(root.value['saved_input_example_info']);
  const examples = [textOf(saved['serving_input_path']), textOf(saved['artifact_path'])].filter(isText);
  const [modelId, runId] = [textOf(root.value['model_id']), textOf(root.value['run_id'])];
  return {
    value: {
      ...(main === undefined ? {} : { format: main[0] }),
      flavors: Object.keys(flavors),
      ...(modelFile === undefined ? {} : { modelFile }),
      ...(modelId === undefined ? {} : { modelId }),
      ...(runId === undefined ? {} : { runId }),
      inputs: inputs.value ?? [],
      outputs: outputs.value ?? [],
      examples,
      files: filesOf(modelFile, flavors, examples),
      metadata: fieldsOf(root.value['metadata']),
    },
  };
}

function parse(text: string): Reading<Fields> {
  const document = parseDocument(text, { logLevel: 'silent' });
  const [error] = document.errors;
  if (error !== undefined) return { fault: `it is no MLmodel file: ${error.message.split('\n')[0]}` };
  let aliases = 0;
  visit(document, (_key, node) => {
    if (isAlias(node)) aliases += 1;
  });
  // MLflow writes none, and a few lines of them can stand for gigabytes.
  if (aliases > 0) return { fault: 'it is no MLmodel file of MLflow: it has YAML aliases' };
  return { value: fieldsOf(document.toJS()) };
}

function filesOf(modelFile: string | undefined, flavors: Fields, examples: readonly string[]): string[] {
  const environment = fieldsOf(fieldsOf(flavors['python_function'])['env']);
  const named = [modelFile, textOf(environment['conda']), textOf(environment['virtualenv']), ...examples];
  return ['MLmodel', ...new Set(named.filter(isText))];
}

function schemaOf(signature: Fields, side: 'inputs' | 'outputs'): Reading<MlField[]> {
  const text = signature[side];
  if (typeof text !== 'string') return { value: [] };
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return { fault: `its signature.${side} is not JSON` };
  }
  if (!Array.isArray(list)) return { fault: `its signature.${side} is no list` };
  return { value: list.map(fieldOf) };
}

function fieldOf(value: unknown): MlField {
  const fields = fieldsOf(value);
  const name = textOf(fields['name']);
  const named = name === undefined ? {} : { name };
  if (fields['type'] === 'tensor') {
    const spec = fieldsOf(fields['tensor-spec']);
    const type = textOf(spec['dtype']) ?? 'unknown';
    const shape = Array.isArray(spec['shape']) ? spec['shape'].filter(Number.isInteger).map(Number) : [];
    // Numpy writes fixed-width text as `<U7` or `|S3`.
    const datatype = NUMPY_TYPES.get(type) ?? (/^[<>|=]?[US]\d*$/.test(type) ? 'BYTES' : undefined);
    return { ...named, kind: 'tensor', type, ...(datatype === undefined ? {} : { datatype }), shape };
  }
  const type = textOf(fields['type']) ?? 'unknown';
  const datatype = COLUMN_TYPES.get(type);
  return { ...named, kind: 'column', type, ...(datatype === undefined ? {} : { datatype }) };
}

function isText(value: string | undefined): value is string {
  return value !== undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
