/** The command line of `npm run schemas`. */
import type { Command } from 'commander';
import type { Outcome } from './outcome.ts';
import { schemas } from './schemas.ts';

export interface SchemasFlags {
  readonly root: string;
  readonly format: 'text' | 'json' | 'github' | 'sarif' | 'junit';
  readonly crds?: readonly string[];
  readonly kubernetes?: string;
}

const HELP = `
The folders hold files as released:
  --crds        one folder a release, named <repository>-<version> (kserve-v0.16.0, argo-cd-v3.2.6, …), with its CRDs; or a
                release itself, such as the folder that "go mod download -json github.com/traefik/traefik/v3@v3.6.7" names
  --kubernetes  a Kubernetes 1.33 source tree, which holds api/openapi-spec/v3
Without either, only the TypeScript types are made again.`;

export function schemasCommand(command: Command, finish: (outcome: Outcome, flags: SchemasFlags) => void): void {
  command
    .description('Derive schemas/kubernetes and schemas/types from released CRDs and OpenAPI documents.')
    .option('--crds <folder...>', 'folders of releases')
    .option('--kubernetes <folder>', 'folder of the Kubernetes release')
    .addHelpText('after', HELP)
    .action(async (flags: SchemasFlags) => {
      const { problems, summary } = await schemas(flags);
      finish({ problems, locate: () => undefined, done: summary, summary: { summary } }, flags);
    });
}
