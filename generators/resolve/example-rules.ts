/** Rules of an entry's example: it must fit the signature, or its replay would prove nothing. */
import type { Model, Tensor, Version } from '../../schemas/types/models.d.ts';
import { fault, type Pointer, type Problem } from '../problem.ts';
import type { At } from './places.ts';

type ExampleInput = NonNullable<Model['example']>['inputs'][number];

/** A ConfigMap has at most 1 MiB; a canary doubles the inputs, and names and punctuation need some room. */
const LARGEST = 400_000;

export function exampleFaults(model: Model, at: At): Problem[] {
  const { example, signature } = model;
  if (example === undefined) return unaskedFaults(model, at);
  const size = largest(model, example);
  if (size > LARGEST) {
    const message = `Cannot ask "${model.name}" its example after a sync: it has ${size} bytes, a ConfigMap holds ${LARGEST}`;
    return [fault('EXAMPLE_SIZE', at('example'), message, 'Send fewer rows, or a smaller input')];
  }
  const inputs = example.inputs.flatMap((input, index) => {
    const place = ['example', 'inputs', index] as const;
    const counted = countFaults(input, place, at);
    return signature === undefined ? counted : [...counted, ...inputFaults(input, signature.inputs, place, at)];
  });
  if (signature === undefined) return inputs;
  return [...inputs, ...absentFaults(example.inputs, signature.inputs, at), ...expectFaults(model, at)];
}

/** Without inputs no version can be asked, and what it would answer proves nothing. */
function unaskedFaults({ name, versions }: Model, at: At): Problem[] {
  return versions.flatMap(({ version, expect }, index) => {
    if (expect === undefined) return [];
    const message = `Cannot compare the answer of version "${version}" of "${name}": the entry has no example to ask`;
    const place = { ...at('versions', index, 'expect'), key: true };
    return [fault('EXAMPLE_MISSING', place, message, 'Add an example with inputs, or leave "expect" out')];
  });
}

/** Of the example with what the wordiest version answers, in bytes of JSON. */
function largest({ versions }: Model, example: NonNullable<Model['example']>): number {
  const sizes = versions.map(
    ({ expect }) => JSON.stringify(expect === undefined ? example : { ...example, expect }).length,
  );
  return Math.max(...sizes);
}

/** The data must hold as many values as the shape says, flat or nested in the very shape. */
function countFaults(input: ExampleInput, place: Pointer, at: At): Problem[] {
  const wanted = input.shape.reduce((product, size) => product * size, 1);
  const found = countValues(input.data);
  if (found === wanted) return [];
  const message = `Cannot fill shape [${input.shape.join(', ')}] of "${input.name}": it takes ${wanted} values, the data has ${found}`;
  return [fault('EXAMPLE_SHAPE', at(...place, 'data'), message, 'Correct the shape or the data')];
}

function countValues(data: unknown): number {
  return Array.isArray(data) ? data.reduce<number>((sum, item) => sum + countValues(item), 0) : 1;
}

function inputFaults(input: ExampleInput, tensors: readonly Tensor[], place: Pointer, at: At): Problem[] {
  const tensor = tensors.find(({ name, alias }) => name === input.name || alias === input.name);
  if (tensor === undefined) {
    const message = `Cannot send "${input.name}": the signature has no such input`;
    const repair = `Choose one of: ${names(tensors)}`;
    return [fault('EXAMPLE_INPUT', at(...place, 'name'), message, repair)];
  }
  const problems: Problem[] = [];
  if (tensor.datatype !== input.datatype) {
    const message = `Cannot send "${input.name}" as ${input.datatype}: the signature says ${tensor.datatype}`;
    problems.push(fault('EXAMPLE_DATATYPE', at(...place, 'datatype'), message, `Write ${tensor.datatype}`));
  }
  const fits =
    tensor.shape.length === input.shape.length &&
    tensor.shape.every((size, dimension) => size === -1 || size === input.shape[dimension]);
  if (!fits) {
    const message = `Cannot send shape [${input.shape.join(', ')}] as "${input.name}": the signature says [${tensor.shape.join(', ')}]`;
    problems.push(fault('EXAMPLE_SHAPE', at(...place, 'shape'), message, 'Correct the shape'));
  }
  return problems;
}

function absentFaults(inputs: readonly ExampleInput[], tensors: readonly Tensor[], at: At): Problem[] {
  const given = new Set(inputs.map(({ name }) => name));
  return tensors
    .filter(({ name, alias }) => !given.has(name) && !(alias !== undefined && given.has(alias)))
    .map(({ name }) => {
      const message = `Cannot run the example: the input "${name}" of the signature is missing`;
      return fault('EXAMPLE_INPUT', at('example', 'inputs'), message, `Add an input "${name}"`);
    });
}

function expectFaults(model: Model, at: At): Problem[] {
  const outputs = model.signature?.outputs ?? [];
  const places: [expect: Version['expect'], pointer: Pointer][] = [
    [model.example?.expect, ['example', 'expect']],
    ...model.versions.map(({ expect }, index): [Version['expect'], Pointer] => [expect, ['versions', index, 'expect']]),
  ];
  return places.flatMap(([expect, pointer]) =>
    Object.keys(expect ?? {})
      .filter((name) => !outputs.some((tensor) => tensor.name === name || tensor.alias === name))
      .map((name) => {
        const message = `Cannot expect "${name}": the signature has no such output`;
        const place = { ...at(...pointer, name), key: true };
        return fault('EXAMPLE_OUTPUT', place, message, `Choose one of: ${names(outputs)}`);
      }),
  );
}

function names(tensors: readonly Tensor[]): string {
  return tensors.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])).join(', ');
}
