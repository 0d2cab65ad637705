/** The import law as data: `imports.test.ts` holds every file to it. Whoever breaks a rule is told why it is there. */

export interface Rule {
  /** Path prefixes of the files that the rule is for. */
  readonly from: readonly string[];
  /** What they may import: path prefixes, `type:` before those from which only types may come. */
  readonly to: readonly string[];
  readonly because: string;
}

const NOUNS = ['generators/problem.ts', 'generators/problem-codes.ts', 'generators/words.ts'];
const KUBE = 'generators/kube/';
const SCHEMAS = 'schemas/';

/** Relative imports: the first rule whose `from` fits a file decides. A file may always import from its own folder. */
export const rules: readonly Rule[] = [
  { from: ['generators/main.ts'], to: ['generators/'], because: 'main composes everything' },
  {
    from: ['generators/problem.ts'],
    to: ['type:generators/problem-codes.ts'],
    because: 'problems are nouns that every stage shares: whatever they imported, everybody would',
  },
  {
    from: ['generators/problem-codes.ts', 'generators/words.ts', KUBE],
    to: [],
    because: 'shared nouns import nothing, so that any stage can use them',
  },
  {
    from: ['generators/commands/'],
    to: ['generators/', SCHEMAS],
    because: 'commands wire stages to the outside',
  },
  {
    from: ['generators/parse/'],
    to: NOUNS,
    because: 'parse knows YAML and positions; what a field means belongs in validate or resolve',
  },
  {
    from: ['generators/validate/'],
    to: [...NOUNS, SCHEMAS, 'type:generators/parse/'],
    because: 'validate holds values against schemas; a rule of our own belongs in resolve',
  },
  {
    from: ['generators/resolve/'],
    to: [...NOUNS, KUBE, `type:${SCHEMAS}types/`],
    because: 'resolve works on valid files alone; if it must ask the world, pass the answer in',
  },
  {
    from: ['generators/plan/'],
    // The names of the platform's own namespaces are values that both need.
    to: [KUBE, 'type:generators/resolve/', 'generators/resolve/defaults.ts', `type:${SCHEMAS}types/`],
    because: 'plan turns a Platform into objects and cannot fail; a question or a fault belongs in resolve',
  },
  {
    from: ['generators/render/'],
    to: [KUBE, 'type:generators/plan/'],
    because: 'render turns objects into text; what is in them belongs in plan',
  },
  {
    from: ['generators/verify/'],
    to: [
      ...NOUNS,
      KUBE,
      'type:generators/render/',
      'type:generators/plan/',
      'type:generators/resolve/',
      'type:generators/artifact/',
      `type:${SCHEMAS}types/`,
    ],
    because: 'verify judges what was made without knowing how; it would repeat the faults of what it calls',
  },
  {
    from: ['generators/diff/'],
    to: [
      ...NOUNS,
      KUBE,
      'generators/resolve/quantity.ts',
      'generators/resolve/capacity.ts',
      'type:generators/render/',
      'type:generators/plan/',
      'type:generators/resolve/',
      `type:${SCHEMAS}types/`,
    ],
    because: 'diff tells two states apart that others made; where they come from belongs in commands',
  },
  {
    from: ['generators/report/'],
    to: ['generators/problem-codes.ts', 'type:generators/problem.ts', 'type:generators/parse/'],
    because: 'report prints problems of any stage and knows none',
  },
  {
    from: ['generators/edit/'],
    to: [...NOUNS, 'generators/parse/', `type:${SCHEMAS}types/`],
    because: 'edit changes the text of the registry; whether the change is right is judged by compiling the result',
  },
  {
    from: ['generators/artifact/'],
    to: [...NOUNS, `type:${SCHEMAS}types/`],
    because: 'artifact reads the bytes of a model; where they lie, and what the registry says of them, is for others',
  },
  {
    from: ['generators/schemas/'],
    to: [...NOUNS, KUBE],
    because: 'deriving schemas is apart from using them',
  },
  {
    from: ['generators/outside/'],
    to: ['type:generators/', 'generators/problem.ts', KUBE],
    because: 'the outside is files, network and processes: rules belong in a stage, and commands join the two',
  },
  {
    from: ['predictor/main.ts', 'predictor/serve/'],
    to: ['predictor/', SCHEMAS, 'package.json'],
    because: 'main and serve compose everything',
  },
  {
    from: ['predictor/protocol/'],
    to: [],
    because: 'the protocol is words and rules; whatever it imported, both transports and the runtime would',
  },
  {
    from: ['predictor/runtime/'],
    to: ['predictor/protocol/'],
    because: 'the runtime runs tensors; where models come from belongs in models',
  },
  {
    from: ['predictor/models/'],
    to: ['predictor/runtime/', 'predictor/protocol/', SCHEMAS],
    because: 'models load and hold sessions; who asks for them belongs in the data plane',
  },
  {
    from: ['predictor/memory/'],
    to: [],
    because: 'memory is memory, whatever is read into it',
  },
  {
    from: ['predictor/grpc/http2/'],
    to: ['predictor/memory/'],
    because: 'HTTP/2 carries bytes and knows neither gRPC nor models, so that it can be held against its RFCs alone',
  },
  {
    from: ['predictor/grpc/rpc/'],
    to: ['predictor/grpc/http2/', 'predictor/memory/'],
    because: 'gRPC carries messages and knows no models; what is in a message belongs to who takes the call',
  },
  {
    from: ['predictor/rest/', 'predictor/grpc/'],
    to: ['predictor/data-plane', 'predictor/protocol/', 'predictor/operate/', 'predictor/memory/', SCHEMAS],
    because: 'a transport decodes, asks the data plane and encodes; the transports mirror each other, and never meet',
  },
  {
    from: ['predictor/operate/'],
    to: ['predictor/protocol/', 'predictor/memory/', 'type:predictor/'],
    because: 'logs, metrics, limits and shutdown serve the transports and call none of the others',
  },
  {
    from: ['predictor/processes/'],
    to: ['predictor/protocol/', 'predictor/operate/', 'type:predictor/'],
    because: 'several processes are led without knowing what each of them does',
  },
  {
    from: ['predictor/'],
    to: ['predictor/models/', 'predictor/runtime/', 'predictor/protocol/', SCHEMAS],
    because: 'the data plane and the configuration are free of transport: rest and grpc call them, not they those',
  },
  {
    from: ['client/main.ts', 'client/start.ts', 'client/build.ts', 'client/bundle.ts'],
    to: ['client/', SCHEMAS, 'package.json'],
    because: 'main and the build compose everything',
  },
  {
    from: ['client/server/'],
    to: ['type:client/contract.ts', SCHEMAS],
    because: 'the server is told by main what to serve, and knows the page by the contract alone',
  },
  {
    from: ['client/page/model/'],
    to: ['client/page/texts.ts', 'type:client/contract.ts'],
    because: 'what the page knows of tensors, forms and tables is tested without a browser: it touches none',
  },
  {
    from: ['client/page/state/'],
    to: ['client/page/model/', 'client/page/texts.ts', 'type:client/contract.ts'],
    because: 'state knows the browser and the server; how it looks belongs in parts',
  },
  {
    from: ['client/page/parts/'],
    to: ['client/page/', 'type:client/contract.ts'],
    because: 'parts draw what state says',
  },
  {
    from: ['client/contract.ts', 'client/page/'],
    to: ['type:client/contract.ts', `type:${SCHEMAS}types/`],
    because: 'the page runs in browsers: of the server it knows the contract alone, which is types',
  },
  { from: ['client/'], to: ['client/server/', SCHEMAS], because: 'the settings name what the server takes' },
  { from: ['bench/'], to: ['generators/', 'predictor/', 'bench/', SCHEMAS], because: 'a benchmark may drive anything' },
  { from: ['e2e/'], to: ['e2e/'], because: 'the chain is driven by the commands that people call, so that it shows what they get' },
  { from: ['scripts/'], to: [], because: 'scripts start programs; they are not part of any' },
];

/** Packages with one home each. */
export const homes: readonly { readonly packages: RegExp; readonly at: readonly string[]; readonly because: string }[] = [
  {
    packages: /^onnxruntime-/,
    at: ['predictor/runtime/', 'bench/'],
    because: 'only the runtime knows ONNX Runtime, so that another can take its place',
  },
  {
    packages: /^@aws-sdk\//,
    at: ['generators/outside/', 'predictor/models/', 'bench/', 'e2e/'],
    because: 'S3 is the outside world: of the generators only outside meets it, of the predictor only models',
  },
  {
    packages: /^(?:@kubernetes\/client-node|chokidar|s3rver)$/,
    at: ['generators/outside/', 'bench/', 'e2e/'],
    because: 'clusters, watchers and servers are the outside world',
  },
];

export const STAGES = ['parse', 'validate', 'resolve', 'plan', 'render', 'verify', 'diff', 'report', 'kube', 'artifact', 'edit'];
/** What makes a stage depend on more than its arguments. */
export const impure: readonly RegExp[] = [
  /'node:(?!crypto')[a-z_/]+'/,
  /\bprocess\./,
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bMath\.random\b/,
  /\brandom(?:Bytes|UUID)\b/,
  /\bfetch\(/,
  /\bperformance\./,
  /\bset(?:Timeout|Interval)\b/,
];

/** Longest file that a person should have to read at once; tests are lists of cases. */
export const LONGEST = { code: 250, test: 350 } as const;
export const longer: Readonly<Record<string, string>> = {
  'client/page/texts.ts': 'every word of the page in one place, so that a translation is one more file',
};
