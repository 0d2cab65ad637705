/** What a step is given, and what it says. */
import type { GitServer } from './git.ts';
import type { Kube } from './kube.ts';
import type { Project } from './project.ts';
import type { S3Server } from './services/s3.ts';
import type { Settings } from './settings.ts';

export interface Run {
  readonly settings: Settings;
  readonly kube: Kube;
  readonly git: GitServer;
  readonly s3: S3Server;
  readonly project: Project;
  /** One line for whoever watches; it stands in the report, too. */
  readonly say: (text: string) => void;
}

export interface Step {
  readonly name: string;
  /** What is true after it, in one sentence for the report. */
  readonly proves: string;
  run(run: Run): Promise<void>;
}
