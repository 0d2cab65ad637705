/** OpenAPI 3.1 of this server, with the true schema of each model. */
import type { ModelMetadata, ServerMetadata } from '../protocol/messages.ts';
import {
  errorSchema,
  inferAnswerSchema,
  inferRequestSchema,
  predictAnswerSchema,
  predictRequestSchema,
  type Schema,
} from './schemas.ts';

/** `version` puts the model's addresses below that version. */
export function openApi(server: ServerMetadata, models: readonly ModelMetadata[], version?: string): object {
  const paths = [...serverPaths(), ...models.flatMap((model, index) => modelPaths(model, index, version))];
  return {
    openapi: '3.1.0',
    info: {
      title: models.length === 1 ? `${models[0]?.name} on ${server.name}` : server.name,
      version: server.version,
      description: 'Open Inference Protocol V2 over REST, and V1.',
    },
    tags: models.map(({ name }) => ({ name })),
    paths: Object.fromEntries(paths),
    components: {
      schemas: {
        Error: errorSchema,
        Ready: readySchema,
        ...Object.fromEntries(models.flatMap((model, index) => modelSchemas(model, index))),
      },
    },
  };
}

const readySchema: Schema = {
  type: 'object',
  required: ['ready'],
  properties: {
    ready: { type: 'boolean' },
    live: { type: 'boolean' },
    name: { type: 'string' },
    reason: { type: 'string' },
  },
};

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Names of components have a narrow alphabet, names of models do not. */
function component(model: ModelMetadata, index: number, kind: string): string {
  return `${model.name.replaceAll(/[^\w.-]/g, '_')}.${index}.${kind}`;
}

function modelSchemas(model: ModelMetadata, index: number): [string, Schema][] {
  return [
    [component(model, index, 'InferRequest'), inferRequestSchema(model)],
    [component(model, index, 'InferResponse'), inferAnswerSchema(model)],
    [component(model, index, 'PredictRequest'), predictRequestSchema(model)],
  ];
}

function content(schema: Schema): Schema {
  return { 'application/json': { schema } };
}

function ok(description: string, schema: Schema): Schema {
  return { description, content: content(schema) };
}

const refusals: Readonly<Record<string, string>> = {
  400: 'The request is at fault; the message names the place.',
  404: 'There is no such model or version.',
  413: 'The body is larger than the limit.',
  415: 'The content encoding is not supported.',
  500: 'The model could not be run.',
  503: 'The model is not ready, or too many requests wait for it.',
  504: 'The time of the request is over.',
};

function refused(...statuses: string[]): Record<string, Schema> {
  return Object.fromEntries(statuses.map((status) => [status, ok(refusals[status] ?? '', ref('Error'))]));
}

function get(summary: string, answers: Readonly<Record<string, Schema>>, tag?: string): Schema {
  return { get: { summary, ...(tag === undefined ? {} : { tags: [tag] }), responses: answers } };
}

function post(summary: string, tag: string, request: string, answer: Schema): Schema {
  return {
    post: {
      summary,
      tags: [tag],
      requestBody: { required: true, content: content(ref(request)) },
      responses: { 200: ok('The answer.', answer), ...refused('400', '404', '413', '415', '500', '503', '504') },
    },
  };
}

function serverPaths(): [string, Schema][] {
  const ready = { 200: ok('Ready.', ref('Ready')), 503: ok('Not ready.', ref('Ready')) };
  const live = { type: 'object', required: ['live'], properties: { live: { type: 'boolean' } } };
  const names = { type: 'array', items: { type: 'string' } };
  const server = {
    type: 'object',
    required: ['name', 'version', 'extensions'],
    properties: { name: { type: 'string' }, version: { type: 'string' }, extensions: names },
  };
  const models = { type: 'object', required: ['models'], properties: { models: names } };
  return [
    ['/v2', get('What server this is', { 200: ok('Server.', server) })],
    ['/v2/health/live', get('Whether the process answers', { 200: ok('Live.', live) })],
    ['/v2/health/ready', get('Whether every model answers', ready)],
    ['/v2/models', get('Names of models', { 200: ok('Models.', models) })],
  ];
}

function modelPaths(model: ModelMetadata, index: number, version: string | undefined): [string, Schema][] {
  const { name } = model;
  const below = version === undefined ? '' : `/versions/${encodeURIComponent(version)}`;
  const v2 = `/v2/models/${encodeURIComponent(name)}${below}`;
  const v1 = `/v1/models/${encodeURIComponent(name)}${below}`;
  const object = { type: 'object' };
  const ready = { 200: ok('Ready.', ref('Ready')), ...refused('404'), 503: ok('Not ready.', ref('Ready')) };
  const described = (what: string) => ({ 200: ok(what, object), ...refused('404', '503') });
  const schema = (kind: string) => component(model, index, kind);
  return [
    [v2, get('Inputs and outputs', described('Metadata.'), name)],
    [`${v2}/ready`, get('Whether it answers', ready, name)],
    [`${v2}/config`, get('Configuration', described('Configuration.'), name)],
    [`${v2}/stats`, get('Statistics', described('Statistics.'), name)],
    [`${v2}/infer`, post('Run the model', name, schema('InferRequest'), ref(schema('InferResponse')))],
    [v1, get('Whether it answers (V1)', ready, name)],
    [`${v1}:predict`, post('Run the model (V1)', name, schema('PredictRequest'), predictAnswerSchema)],
  ];
}
