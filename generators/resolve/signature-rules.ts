/** Rules of an entry's signature and of the client's form that is made from it. */
import type { Model, Tensor } from '../../schemas/types/models.d.ts';
import { fault, type Problem } from '../problem.ts';
import type { At } from './places.ts';

export function signatureFaults(model: Model, at: At): Problem[] {
  return (['inputs', 'outputs'] as const).flatMap((side) => {
    const tensors = model.signature?.[side] ?? [];
    return [
      ...nameFaults(tensors, side, at),
      ...tensors.flatMap((tensor, index) => tensorFaults(tensor, side, index, at)),
    ];
  });
}

function nameFaults(tensors: readonly Tensor[], side: 'inputs' | 'outputs', at: At): Problem[] {
  const taken = new Map<string, readonly (string | number)[]>();
  const problems: Problem[] = [];
  tensors.forEach((tensor, index) => {
    for (const field of ['name', 'alias'] as const) {
      const name = tensor[field];
      if (name === undefined) continue;
      const first = taken.get(name);
      if (first === undefined) {
        taken.set(name, ['signature', side, index, field]);
        continue;
      }
      const message = `Cannot call a second tensor of ${side} "${name}": the name is used at {0}`;
      const place = at('signature', side, index, field);
      problems.push(fault('SIGNATURE_NAME_TAKEN', place, message, 'Choose another name', [at(...first)]));
    }
  });
  return problems;
}

function tensorFaults(tensor: Tensor, side: string, index: number, at: At): Problem[] {
  const problems: Problem[] = [];
  const last = tensor.shape.at(-1);
  if (tensor.columns !== undefined && last !== undefined && last >= 0 && tensor.columns.length !== last) {
    const message = `Cannot name the columns of "${tensor.name}": it has ${last} by its last dimension, ${tensor.columns.length} given`;
    const place = at('signature', side, index, 'columns');
    problems.push(fault('SIGNATURE_COLUMNS', place, message, `List ${last} name${last === 1 ? '' : 's'}`));
  }
  const perClass = tensor.shape.length >= 2 && tensor.datatype.startsWith('FP');
  if (tensor.labels !== undefined && perClass && last !== undefined && last >= 0 && tensor.labels.length !== last) {
    const message = `Cannot label the classes of "${tensor.name}": it has ${last} by its last dimension, ${tensor.labels.length} given`;
    const place = at('signature', side, index, 'labels');
    problems.push(fault('SIGNATURE_LABELS', place, message, `List ${last} label${last === 1 ? '' : 's'}`));
  }
  return problems;
}

export function clientFaults(model: Model, at: At): Problem[] {
  return [...fieldFaults(model, at), ...numberFaults(model, at)];
}

function numberFaults({ signature, client }: Model, at: At): Problem[] {
  const names = signature?.outputs.flatMap(({ name, alias }) => [name, alias ?? []].flat());
  return Object.entries(client?.outputs ?? {}).flatMap(([name, { minimum, maximum }]) => {
    const place = ['client', 'outputs', name] as const;
    const problems: Problem[] = [];
    if (names !== undefined && !names.includes(name)) {
      const message = `Cannot show an output "${name}": the signature has no such tensor`;
      const repair = `Choose one of: ${names.slice(0, 12).join(', ')}`;
      problems.push(fault('CLIENT_INPUT', { ...at(...place), key: true }, message, repair));
    }
    if (minimum !== undefined && maximum !== undefined && minimum >= maximum) {
      const message = `Cannot show "${name}" on a scale from ${minimum} to ${maximum}: the minimum must be below the maximum`;
      problems.push(fault('CLIENT_RANGE', at(...place, 'minimum'), message, 'Swap or correct the two'));
    }
    return problems;
  });
}

function fieldFaults(model: Model, at: At): Problem[] {
  const fields = Object.entries(model.client?.inputs ?? {});
  const names = fieldNames(model);
  return fields.flatMap(([name, field]) => {
    const place = ['client', 'inputs', name] as const;
    const problems: Problem[] = [];
    if (names !== undefined && !names.has(name)) {
      const message = `Cannot show a field "${name}": the signature has no such column or tensor`;
      const repair = `Choose one of: ${[...names].slice(0, 12).join(', ')}`;
      problems.push(fault('CLIENT_INPUT', { ...at(...place), key: true }, message, repair));
    }
    const { minimum, maximum, default: initial, choices } = field;
    if (minimum !== undefined && maximum !== undefined && minimum >= maximum) {
      const message = `Cannot slide "${name}" from ${minimum} to ${maximum}: the minimum must be below the maximum`;
      problems.push(fault('CLIENT_RANGE', at(...place, 'minimum'), message, 'Swap or correct the two'));
    } else if (typeof initial === 'number' && (initial < (minimum ?? initial) || initial > (maximum ?? initial))) {
      const message = `Cannot start "${name}" at ${initial}: the range is ${minimum ?? '…'} to ${maximum ?? '…'}`;
      problems.push(fault('CLIENT_RANGE', at(...place, 'default'), message, 'Choose a default within the range'));
    } else if (choices !== undefined && initial !== undefined && !choices.some((choice) => choice === initial)) {
      const message = `Cannot start "${name}" at ${JSON.stringify(initial)}: it is not among the choices`;
      problems.push(fault('CLIENT_RANGE', at(...place, 'default'), message, `Choose one of: ${choices.join(', ')}`));
    }
    return problems;
  });
}

/** Names under which the form can show fields: columns where the signature has them, else tensors. */
function fieldNames(model: Model): ReadonlySet<string> | undefined {
  if (model.signature === undefined) return undefined;
  return new Set(
    model.signature.inputs.flatMap((tensor) => [tensor.name, tensor.alias ?? [], tensor.columns ?? []].flat()),
  );
}
