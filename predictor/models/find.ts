/** Finds the one ONNX file of a model folder, or says why there is none to serve. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve, sep } from 'node:path';
import { LoadError } from './fault.ts';
import { type MlModel, readMlModel } from './mlmodel.ts';

export interface FoundModel {
  readonly folder: string;
  readonly file: string;
  /** Absent for a plain `.onnx` file. */
  readonly mlModel?: MlModel;
}

/** Formats whose loading runs code from the file, or needs the library that wrote it. */
const foreign = new Map([
  ['.pkl', 'Python pickle'],
  ['.pickle', 'Python pickle'],
  ['.joblib', 'joblib pickle'],
  ['.skops', 'skops'],
  ['.pt', 'PyTorch'],
  ['.pth', 'PyTorch'],
  ['.h5', 'Keras'],
  ['.keras', 'Keras'],
  ['.ubj', 'XGBoost'],
  ['.bst', 'XGBoost'],
]);

/** What `tools/convert` of the repository reads. */
const convertible = new Set(['Python pickle', 'joblib pickle', 'skops', 'XGBoost']);

/** `place` is a folder or an `.onnx` file; messages speak of it as `location`. Throws LoadError. */
export async function findModel(place: string, location: string = place): Promise<FoundModel> {
  const path = resolve(place);
  const kind = await stat(path).catch(() => undefined);
  if (kind === undefined) throw new LoadError(`"${location}" does not exist`);
  if (kind.isFile()) return plainFile(path);
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  if (names.includes('MLmodel')) return mlflowLayout(path, names);
  const models = names.filter((name) => extname(name) === '.onnx');
  const [only] = models;
  if (only !== undefined && models.length === 1) return plainFile(join(path, only));
  if (models.length > 1)
    throw new LoadError(`"${location}" holds ${models.length} .onnx files, expected one: ${models.join(', ')}`);
  throw foreignFault(names) ?? new LoadError(`"${location}" holds neither an .onnx file nor an MLmodel file`);
}

function plainFile(file: string): FoundModel {
  if (extname(file) === '.onnx') return { folder: dirname(file), file };
  throw foreignFault([basename(file)]) ?? new LoadError(`"${file}" is not an .onnx file`);
}

async function mlflowLayout(folder: string, names: readonly string[]): Promise<FoundModel> {
  const text = await readFile(join(folder, 'MLmodel'), 'utf8');
  let mlModel: MlModel;
  try {
    mlModel = readMlModel(text);
  } catch (error) {
    throw foreignFault(names) ?? error;
  }
  const file = resolve(folder, mlModel.modelFile);
  if (!file.startsWith(folder + sep))
    throw new LoadError(`MLmodel names "${mlModel.modelFile}", which lies outside its folder`);
  const kind = await stat(file).catch(() => undefined);
  if (kind?.isFile() !== true) throw new LoadError(`MLmodel names "${mlModel.modelFile}", which is not in its folder`);
  return { folder, file, mlModel };
}

function foreignFault(names: readonly string[]): LoadError | undefined {
  for (const name of names) {
    const format = foreign.get(extname(name).toLowerCase());
    if (format === undefined) continue;
    const tool = convertible.has(format)
      ? 'python tools/convert/convert.py <model> --out <folder>'
      : 'torch.onnx or tf2onnx';
    const way = `convert it to ONNX with ${tool}`;
    return new LoadError(
      `"${name}" is a ${format} file, and this predictor serves ONNX only: ${way} and log it with mlflow.onnx.log_model, or serve it with a runtime that reads it, such as kserve-sklearnserver`,
    );
  }
  return undefined;
}
