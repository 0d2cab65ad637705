/** What AWS needs before the cluster can read models: files that a person applies, least privilege first. */
import type { Site } from '../resolve/platform.ts';
import type { Document } from './app.ts';

type Json = Readonly<Record<string, unknown>>;

/** Nothing for S3 servers other than AWS. */
export function awsDocuments(site: Site): Document[] {
  if (site.storage.endpoint !== undefined) return [];
  const { credentials } = site;
  const json = (name: string, value: Json): Document => ({ path: `aws/${name}.json`, value });
  const trusts =
    credentials.kind === 'irsa'
      ? [
          json('model-reader-trust', trust(credentials, readerSubjects(site))),
          json('model-writer-trust', trust(credentials, ['system:serviceaccount:mlflow:mlflow'])),
        ]
      : [];
  return [
    { path: 'aws/README.md', value: readme(site) },
    json('bucket-public-access', publicAccess()),
    json('bucket-encryption', encryption()),
    json('bucket-versioning', { Status: 'Enabled' }),
    json('bucket-policy', bucketPolicy(site)),
    json('model-reader-policy', readerPolicy(site)),
    json('model-writer-policy', writerPolicy(site)),
    ...trusts,
  ];
}

function readerSubjects(site: Site): string[] {
  return site.teams.map(({ namespace }) => `system:serviceaccount:${namespace}:${site.credentials.serviceAccount}`);
}

function arn(site: Site, key = ''): string {
  return `arn:aws:s3:::${site.storage.bucket}${key}`;
}

function policy(statements: readonly Json[]): Json {
  return { Version: '2012-10-17', Statement: statements };
}

/** Serving only ever lists and reads. */
function readerPolicy(site: Site): Json {
  return policy([
    { Sid: 'ListModels', Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [arn(site)] },
    { Sid: 'ReadModels', Effect: 'Allow', Action: ['s3:GetObject'], Resource: [arn(site, '/*')] },
  ]);
}

/** MLflow writes below its own prefix; deleting is part of its garbage collection. */
function writerPolicy(site: Site): Json {
  const prefix = `${site.storage.mlflowPath}/*`;
  return policy([
    {
      Sid: 'ListArtifacts',
      Effect: 'Allow',
      Action: ['s3:ListBucket'],
      Resource: [arn(site)],
      Condition: { StringLike: { 's3:prefix': [prefix] } },
    },
    {
      Sid: 'WriteArtifacts',
      Effect: 'Allow',
      Action: [
        's3:GetObject',
        's3:PutObject',
        's3:DeleteObject',
        's3:AbortMultipartUpload',
        's3:ListMultipartUploadParts',
      ],
      Resource: [arn(site, `/${prefix}`)],
    },
  ]);
}

function bucketPolicy(site: Site): Json {
  return policy([
    {
      Sid: 'DenyPlainHttp',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [arn(site), arn(site, '/*')],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ]);
}

function publicAccess(): Json {
  return { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
}

function encryption(): Json {
  return { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: true }] };
}

/** Only these ServiceAccounts of this cluster may take the role (EKS, IAM roles for service accounts). */
function trust(irsa: Extract<Site['credentials'], { kind: 'irsa' }>, subjects: readonly string[]): Json {
  return policy([
    {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::${irsa.accountId}:oidc-provider/${irsa.oidcProvider}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${irsa.oidcProvider}:aud`]: 'sts.amazonaws.com',
          [`${irsa.oidcProvider}:sub`]: subjects.length === 1 ? subjects[0] : subjects,
        },
      },
    },
  ]);
}

function readme(site: Site): string {
  const { cluster, storage, credentials } = site;
  const name = (use: string) => `kserve-gitops-${cluster}-model-${use}`;
  const location =
    storage.region === 'us-east-1' ? '' : ` --create-bucket-configuration LocationConstraint=${storage.region}`;
  const bucket = [
    `aws s3api create-bucket --bucket ${storage.bucket} --region ${storage.region}${location}`,
    `aws s3api put-public-access-block --bucket ${storage.bucket} --public-access-block-configuration file://bucket-public-access.json`,
    `aws s3api put-bucket-encryption --bucket ${storage.bucket} --server-side-encryption-configuration file://bucket-encryption.json`,
    `aws s3api put-bucket-versioning --bucket ${storage.bucket} --versioning-configuration file://bucket-versioning.json`,
    `aws s3api put-bucket-policy --bucket ${storage.bucket} --policy file://bucket-policy.json`,
  ];
  const access = ['reader', 'writer'].flatMap((use) =>
    credentials.kind === 'irsa'
      ? [
          `aws iam create-role --role-name ${name(use)} --assume-role-policy-document file://model-${use}-trust.json`,
          `aws iam put-role-policy --role-name ${name(use)} --policy-name models --policy-document file://model-${use}-policy.json`,
        ]
      : [
          `aws iam create-user --user-name ${name(use)}`,
          `aws iam put-user-policy --user-name ${name(use)} --policy-name models --policy-document file://model-${use}-policy.json`,
          `aws iam create-access-key --user-name ${name(use)}`,
        ],
  );
  const keys =
    credentials.kind === 'irsa'
      ? 'The roles are named in the ServiceAccounts that the generators write; there is no key to store.'
      : [
          'Seal the keys that the last commands print; the reader for the teams, the writer for MLflow:',
          '',
          '```sh',
          ...[...new Set([...site.teams.map(({ namespace }) => namespace)])].map(
            (namespace) => `npm run seal -- --cluster ${cluster} --namespace ${namespace}`,
          ),
          ...(site.parts.mlflow === undefined ? [] : [`npm run seal -- --cluster ${cluster} --namespace mlflow`]),
          '```',
        ].join('\n');
  return `# AWS for the cluster ${cluster}

Run once in this folder, as somebody who may create buckets and IAM identities:

\`\`\`sh
${[...bucket, ...access].join('\n')}
\`\`\`

${keys}
`;
}
