/** A registry as a company might have it: random, yet the same for the same size, and without a fault. */
import { createRandom, type Random } from '../random.ts';

export const BUCKET = 'ml-models';
export const CLUSTER = 'bench';
export const TEAMS: readonly [string, ...string[]] = [
  'payments',
  'fraud',
  'logistics',
  'search',
  'pricing',
  'support',
  'marketing',
  'risk',
  'energy',
  'vision',
  'insights',
  'platform-ml',
];

const SUBJECTS = [
  'churn',
  'demand',
  'delay',
  'default',
  'click',
  'return',
  'outage',
  'basket',
  'fraud',
  'intent',
] as const;
const TASKS = ['score', 'forecast', 'class', 'rank', 'alarm', 'segment'] as const;
const FEATURES = [
  'age',
  'amount',
  'balance',
  'clicks',
  'days_open',
  'distance',
  'hour',
  'income',
  'latitude',
  'longitude',
  'orders',
  'price',
  'tenure',
  'visits',
  'weight',
] as const;
const MEMORY = ['256Mi', '512Mi', '1Gi', '2Gi'] as const;
const CPU = ['100m', '250m', '500m', '1'] as const;

/** `models.yaml` with `count` entries of some forty lines; all are served on the one cluster. */
export function randomRegistry(count: number, seed = 1): string {
  const random = createRandom(seed);
  const entries = Array.from({ length: count }, (_, index) => entry(random, index));
  return `# Made by "npm run bench".\nmodels:\n${entries.join('\n')}`;
}

/** Name of the model at an index; the number keeps names apart. */
function entry(random: Random, index: number): string {
  const subject = random.pick(SUBJECTS);
  const task = random.pick(TASKS);
  const name = `${subject}-${task}-${String(index).padStart(5, '0')}`;
  const versions = Array.from({ length: random.chance(0.2) ? 2 : 1 }, (_, at) => version(random, name, String(at + 1)));
  const first = random.between(0, FEATURES.length - 5);
  const columns = FEATURES.slice(first, first + random.between(2, 5));
  const classes = random.between(2, 4);
  const lines = [
    `  - name: ${name}`,
    `    owner: ${random.pick(TEAMS)}`,
    `    description: Predicts the ${task} of each ${subject} from ${columns.length} features, number ${index}.`,
    '    format: onnx',
    '    versions:',
    ...versions.flat(),
    ...signature(columns, classes),
    ...example(random, columns.length),
    '    resources:',
    `      cpu: ${JSON.stringify(random.pick(CPU))}`,
    `      memory: ${random.pick(MEMORY)}`,
    ...(random.chance(0.4) ? client(random, name, columns) : []),
    '    serve:',
    `      ${CLUSTER}:`,
    `        version: "${versions.length}"`,
    ...(random.chance(0.3) ? autoscaling(random) : []),
  ];
  return `${lines.join('\n')}\n`;
}

function version(random: Random, model: string, label: string): string[] {
  const logged = `m-${random.hex(32)}`;
  const score = () => (random.between(700_000, 999_999) / 1e6).toFixed(6);
  return [
    `      - version: "${label}"`,
    `        artifact: s3://${BUCKET}/mlflow/${random.between(1, 400)}/models/${logged}/artifacts/`,
    `        sha256: ${random.hex(64)}`,
    `        size: ${random.between(900, 40_000_000)}`,
    '        source:',
    `          mlflow: {model: ${model}, version: "${label}", run: ${random.hex(32)}, loggedModel: ${logged}}`,
    `        metrics: {accuracy: ${score()}, f1_macro: ${score()}, log_loss: 0.${random.between(10_000, 400_000)}}`,
  ];
}

function signature(columns: readonly string[], classes: number): string[] {
  return [
    '    signature:',
    '      inputs:',
    '        - name: X',
    '          alias: input-0',
    '          datatype: FP32',
    `          shape: [-1, ${columns.length}]`,
    `          columns: [${columns.join(', ')}]`,
    '      outputs:',
    '        - name: label',
    '          alias: output-0',
    '          datatype: INT64',
    '          shape: [-1]',
    `          labels: [${Array.from({ length: classes }, (_, at) => `Class ${at + 1}`).join(', ')}]`,
  ];
}

function example(random: Random, width: number): string[] {
  const values = Array.from({ length: width }, () => random.between(0, 9999) / 100);
  return [
    '    example:',
    '      inputs:',
    '        - name: input-0',
    `          shape: [1, ${width}]`,
    '          datatype: FP32',
    `          data: [[${values.join(', ')}]]`,
    '      expect:',
    `        label: [${random.between(0, 1)}]`,
  ];
}

function client(random: Random, name: string, columns: readonly string[]): string[] {
  return [
    '    client:',
    `      title: Page of ${name}`,
    `      hostname: page-${name}`,
    '      inputs:',
    ...columns.map((column) => {
      const least = random.between(0, 50);
      const most = least + random.between(10, 900);
      return `        ${column}: {minimum: ${least}, maximum: ${most}, default: ${least + 5}, unit: "units"}`;
    }),
  ];
}

function autoscaling(random: Random): string[] {
  const least = random.between(1, 3);
  return [
    '        autoscaling:',
    `          minReplicas: ${least}`,
    `          maxReplicas: ${least + random.between(1, 5)}`,
    `          target: ${random.between(50, 90)}`,
  ];
}
