/** Every object against the schema of its kind (tier T1). */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { KubeObject } from '../kube/object.ts';
import { schemaFile } from '../kube/schema-file.ts';
import { fault, type Problem } from '../problem.ts';
import { createCompiler, createQuickCompiler, type QuickCheck } from './schema-compiler.ts';
import { explainFaults } from './schema-faults.ts';

/** Checks one object; `file` is where it will stand. */
export type SchemaChecker = (object: KubeObject, file: string) => readonly Problem[];

const none: readonly Problem[] = [];

/** `load` gives a schema by the path that `schemaFile` names. Each is loaded and compiled once, when its kind is met. */
export function createSchemaChecker(load: (file: string) => object | undefined): SchemaChecker {
  const compile = createCompiler();
  const compileQuick = createQuickCompiler();
  const checkers = new Map<string, Map<string, SchemaChecker>>();
  const learn = ({ apiVersion, kind }: KubeObject): SchemaChecker => {
    const schema = load(schemaFile(apiVersion, kind));
    const checker = schema === undefined ? refuseKind : checkWith(compileQuick(schema), () => compile(schema));
    checkers.set(apiVersion, (checkers.get(apiVersion) ?? new Map<string, SchemaChecker>()).set(kind, checker));
    return checker;
  };
  return (object, file) => {
    const checker = checkers.get(object.apiVersion)?.get(object.kind) ?? learn(object);
    return checker(object, file);
  };
}

/** Most objects are valid: what explains faults is compiled when there is one. */
function checkWith(isValid: QuickCheck, explaining: () => ValidateFunction): SchemaChecker {
  let validate: ValidateFunction | undefined;
  return (object, file) => {
    if (isValid(object)) return none;
    validate ??= explaining();
    return validate(object) ? none : explainFaults(object, file, validate.errors ?? []);
  };
}

function refuseKind({ apiVersion, kind }: KubeObject, file: string): Problem[] {
  const schema = `schemas/kubernetes/${schemaFile(apiVersion, kind)}`;
  const message = `Cannot check ${kind} of ${apiVersion}: there is no "${schema}"`;
  const repair = 'Add the kind to generators/schemas/sources.ts and run "npm run schemas"';
  return [fault('OBJECT_KIND_UNKNOWN', { file, pointer: ['kind'] }, message, repair)];
}
