/** Reads an `MLmodel` file, the description that MLflow writes beside each logged model (MLflow 2 and 3). */
import { parse } from 'yaml';
import { LoadError, reasonOf } from './fault.ts';

export interface MlModel {
  /** The model file, relative to the folder of the `MLmodel` file. */
  readonly modelFile: string;
  /** Column names of a signature of named columns, in order. */
  readonly columns: readonly string[];
  readonly session: {
    readonly intraOpThreads?: number;
    readonly interOpThreads?: number;
    readonly executionMode?: 'sequential' | 'parallel';
    readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** Throws LoadError when the text is not an MLmodel file or has no onnx flavor. */
export function readMlModel(text: string): MlModel {
  const root = fieldsOf(parseYaml(text));
  const flavors = fieldsOf(root['flavors']);
  const onnx = fieldsOf(flavors['onnx']);
  const modelFile = onnx['data'];
  if (typeof modelFile !== 'string') {
    const found = Object.keys(flavors).join(', ') || 'none';
    throw new LoadError(`MLmodel has no onnx flavor (flavors: ${found}); log the model with mlflow.onnx.log_model`);
  }
  return {
    modelFile,
    columns: columnsOf(fieldsOf(root['signature'])['inputs']),
    session: sessionOf(fieldsOf(onnx['onnx_session_options'])),
  };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new LoadError(`MLmodel is not YAML: ${reasonOf(error)}`);
  }
}

/** MLflow keeps the signature as JSON text inside the YAML. A signature that is no list of named columns has none. */
function columnsOf(inputs: unknown): string[] {
  if (typeof inputs !== 'string') return [];
  let columns: unknown;
  try {
    columns = JSON.parse(inputs);
  } catch (error) {
    throw new LoadError(`MLmodel: signature.inputs is not JSON: ${reasonOf(error)}`);
  }
  if (!Array.isArray(columns)) return [];
  const named = columns.map(fieldsOf).filter((column) => column['type'] !== 'tensor');
  const names = named.map((column) => column['name']).filter((name) => typeof name === 'string');
  return names.length === columns.length ? names : [];
}

/** Levels are those of onnxruntime's GraphOptimizationLevel. Execution providers are not read: this one has a CPU. */
function sessionOf(options: Fields): MlModel['session'] {
  const levels = new Map([
    [0, 'disabled'],
    [1, 'basic'],
    [2, 'extended'],
    [99, 'all'],
  ] as const);
  const intraOpThreads = threads(options['intra_op_num_threads']);
  const interOpThreads = threads(options['inter_op_num_threads']);
  const mode = options['execution_mode'];
  const optimization = levels.get(options['graph_optimization_level'] as 0);
  return {
    ...(intraOpThreads === undefined ? {} : { intraOpThreads }),
    ...(interOpThreads === undefined ? {} : { interOpThreads }),
    ...(mode === 'sequential' || mode === 'parallel' ? { executionMode: mode } : {}),
    ...(optimization === undefined ? {} : { optimization }),
  };
}

/** 0 is onnxruntime's "as many as cores", which is left to this server's own default. */
function threads(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
