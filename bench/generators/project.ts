/** Writes a whole project folder for the bench: the registry, one cluster with every part on, its sealed secrets. */
import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { certificateAnnotation, sealedFile, storageAnnotations } from '../../generators/kube/sealed-secret.ts';
import { printYaml } from '../../generators/render/yaml.ts';
import { createRandom, type Random } from '../random.ts';
import { BUCKET, CLUSTER, randomRegistry, TEAMS } from './registry.ts';

const CERTIFICATE = fileURLToPath(new URL('../../generators/testdata/sealing/certificate.pem', import.meta.url));
const REGION = 'eu-central-1';
export const SECRET = 'mlops-aws-credentials';
export const DOMAIN = 'models.example.org';
export const REPOSITORY = 'https://github.com/example/models.git';

/** Models that the client page can show; entries of the sample have about a kilobyte each in its catalogue. */
export const MOST_SHOWN = 150;

/** Makes `root` a project that serves `count` models. */
export async function writeProject(root: string, count: number): Promise<void> {
  const folder = join(root, 'clusters', CLUSTER);
  await mkdir(join(folder, 'sealed'), { recursive: true });
  await writeFile(join(root, 'models.yaml'), randomRegistry(count));
  await writeFile(join(folder, 'cluster.yaml'), printYaml(cluster(count)));
  const pem = await readFile(CERTIFICATE, 'utf8');
  await writeFile(join(folder, 'sealed', 'certificate.pem'), pem);
  const random = createRandom(2);
  for (const namespace of [...TEAMS, 'mlflow']) {
    await writeFile(join(root, sealedFile(CLUSTER, namespace, SECRET)), printYaml(sealed(namespace, pem, random)));
  }
}

function cluster(count: number): Record<string, unknown> {
  return {
    repository: { url: REPOSITORY },
    domain: DOMAIN,
    gateway: { tls: { issuer: 'self-signed' } },
    storage: { bucket: BUCKET, region: REGION },
    credentials: { kind: 'static', secret: SECRET },
    teams: TEAMS.map((name) => ({ name, quota: { cpu: '100000', memory: '200Ti', pods: 100_000 } })),
    kserve: { version: 'v0.16.0' },
    // A larger catalogue would not fit its Application (CATALOGUE_SIZE).
    client: { enabled: count <= MOST_SHOWN },
    platform: { mlflow: { enabled: true }, jupyterhub: { enabled: true }, monitoring: { enabled: true } },
  };
}

/** A SealedSecret with the structure and the lengths of a real one; nothing is in it. */
function sealed(namespace: string, pem: string, random: Random): Record<string, unknown> {
  const fingerprint = new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  const metadata = { name: SECRET, namespace };
  return {
    apiVersion: 'bitnami.com/v1alpha1',
    kind: 'SealedSecret',
    metadata: { ...metadata, annotations: { [certificateAnnotation]: fingerprint } },
    spec: {
      encryptedData: { AWS_ACCESS_KEY_ID: ciphertext(20, random), AWS_SECRET_ACCESS_KEY: ciphertext(40, random) },
      template: {
        metadata: { ...metadata, annotations: storageAnnotations({ region: REGION }) },
        type: 'Opaque',
      },
    },
  };
}

/** As `readSealedValue` describes it: a length, an RSA number below the modulus, the ciphertext with its tag. */
function ciphertext(plaintextBytes: number, random: Random): string {
  const rsa = `00${random.hex(2 * 511)}`;
  return Buffer.from(`0200${rsa}${random.hex(2 * (plaintextBytes + 16))}`, 'hex').toString('base64');
}
