/**
 * Every problem code, by tier. A code exists once, has a fixture in `testdata/invalid` (or a test named in
 * `problem-codes.test.ts`) and a line in PROBLEMS.md.
 */
export const problemCodes = {
  // T0: the files against their schemas
  FILE_MISSING: 'T0',
  YAML_SYNTAX: 'T0',
  YAML_DUPLICATE_KEY: 'T0',
  YAML_ANCHOR: 'T0',
  YAML_DOCUMENTS: 'T0',
  FIELD_MISSING: 'T0',
  FIELD_UNKNOWN: 'T0',
  FIELD_TYPE: 'T0',
  FIELD_PATTERN: 'T0',
  FIELD_LENGTH: 'T0',
  FIELD_VALUE: 'T0',
  FIELD_RANGE: 'T0',
  FIELD_DUPLICATE: 'T0',
  // T1: objects against their schemas
  OBJECT_INVALID: 'T1',
  OBJECT_KIND_UNKNOWN: 'T1',
  // T4: across entries
  MODEL_NAME_TAKEN: 'T4',
  MODEL_OWNER_UNKNOWN: 'T4',
  VERSION_TAKEN: 'T4',
  VERSION_UNKNOWN: 'T4',
  CLUSTER_UNKNOWN: 'T4',
  RUNTIME_FORMAT: 'T4',
  RUNTIME_PROTOCOL: 'T4',
  RUNTIME_GPU: 'T4',
  ARTIFACT_SLASH: 'T4',
  ARTIFACT_SCHEME: 'T4',
  ARTIFACT_BUCKET: 'T4',
  ARTIFACT_PREFIX: 'T4',
  ARTIFACT_DIGEST: 'T4',
  SIGNATURE_NAME_TAKEN: 'T4',
  SIGNATURE_COLUMNS: 'T4',
  SIGNATURE_LABELS: 'T4',
  EXAMPLE_INPUT: 'T4',
  EXAMPLE_SHAPE: 'T4',
  EXAMPLE_DATATYPE: 'T4',
  EXAMPLE_OUTPUT: 'T4',
  AUTOSCALING_RANGE: 'T4',
  AUTOSCALING_TARGET: 'T4',
  RESOURCES_LIMIT: 'T4',
  ENVIRONMENT_RESERVED: 'T4',
  CLIENT_INPUT: 'T4',
  CLIENT_RANGE: 'T4',
  HOST_TAKEN: 'T4',
  HOST_LENGTH: 'T4',
  ROUTE_TAKEN: 'T4',
  TEAM_TAKEN: 'T4',
  NAMESPACE_TAKEN: 'T4',
  NAMESPACE_RESERVED: 'T4',
  QUOTA_EXCEEDED: 'T4',
  GATEWAY_TLS: 'T4',
  CREDENTIALS_FIELDS: 'T4',
  STORAGE_ENDPOINT: 'T4',
  PROJECT_FORBIDS: 'T4',
  OBJECT_TAKEN: 'T4',
  REFERENCE_MISSING: 'T4',
  // T9: sealed secrets
  SECRET_MISSING: 'T9',
  SECRET_ORPHAN: 'T9',
  SECRET_KEYS: 'T9',
  SECRET_NAME: 'T9',
  SECRET_STRUCTURE: 'T9',
  SECRET_LENGTH: 'T9',
  SECRET_SCOPE: 'T9',
  SECRET_TEMPLATE: 'T9',
  SECRET_PLAINTEXT: 'T9',
  CERTIFICATE_MISSING: 'T9',
  CERTIFICATE_INVALID: 'T9',
  CERTIFICATE_EXPIRED: 'T9',
  CERTIFICATE_MISMATCH: 'T9',
  // files on disk against files in memory
  FILE_DRIFT: 'files',
  FILE_ORPHAN: 'files',
  FILE_ABSENT: 'files',

  // the base of a comparison
  BASE_UNKNOWN: 'files',
} as const;

export type ProblemCode = keyof typeof problemCodes;
/** Tier of a code as DESIGN and README name them. */
export type Tier = (typeof problemCodes)[ProblemCode];
