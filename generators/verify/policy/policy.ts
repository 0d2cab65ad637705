/**
 * The objects of one cluster against its policy (tier T5). A waiver excepts a model or an object from one rule until its
 * last day; the day of judgement is given from outside.
 */
import { fault, type Problem, type Where, warning } from '../../problem.ts';
import type { ProblemCode } from '../../problem-codes.ts';
import type { PlacedObject } from '../../render/render.ts';
import type { ServedModel } from '../../resolve/platform.ts';
import type { PolicyRule, ResolvedPolicy, Waiver } from '../../resolve/policy.ts';
import { type Breach, objectRules } from './rules.ts';

export interface PolicyInput {
  /** `clusters/<name>/cluster.yaml`, where the waivers stand. */
  readonly file: string;
  readonly policy: ResolvedPolicy;
  readonly objects: readonly PlacedObject[];
  /** Served models; none for objects that were not made here. */
  readonly models: readonly ServedModel[];
  readonly now: Date;
}

/** A breach with what a waiver can be matched against. */
interface Case {
  readonly rule: PolicyRule;
  readonly code: ProblemCode;
  readonly where: Where;
  /** `InferenceService flowers/iris`. */
  readonly object: string;
  readonly model: string | undefined;
  readonly fault: string;
  readonly repair: string;
}

const DAY = 24 * 60 * 60 * 1000;
const SOON_DAYS = 14;

export function checkPolicy(input: PolicyInput): Problem[] {
  const { policy, file, now } = input;
  const cases = findCases(input).filter(({ rule }) => policy.levels[rule] !== 'off');
  const open = new Set(cases);
  const problems: Problem[] = policy.waivers.flatMap((waiver, index) => {
    const matched = cases.filter((one) => fits(waiver, one));
    const left = daysLeft(waiver, now);
    if (left >= 0) for (const one of matched) open.delete(one);
    return waiverProblems(waiver, { file, pointer: ['waivers', index] }, matched.length, left);
  });
  for (const one of open) {
    const make = policy.levels[one.rule] === 'error' ? fault : warning;
    const repair = `${one.repair}, or see "${one.rule}" under "policy" and "waivers" of ${file}`;
    problems.push(make(one.code, one.where, `Cannot allow ${one.object}: ${one.fault}`, repair));
  }
  return problems;
}

function findCases({ objects, models, policy }: PolicyInput): Case[] {
  const rules = objectRules.filter(({ rule }) => policy.levels[rule] !== 'off');
  const cases: Case[] = [];
  for (const { file, object } of objects) {
    for (const { rule, code, find } of rules) {
      for (const breach of find(object)) cases.push(caseOf(rule, code, file, object, breach));
    }
  }
  if (policy.levels.replicas !== 'off') cases.push(...replicaCases(objects));
  if (policy.levels.artifactDigest !== 'off') cases.push(...digestCases(objects, models));
  return cases;
}

function caseOf(
  rule: PolicyRule,
  code: ProblemCode,
  file: string,
  object: PlacedObject['object'],
  breach: Breach,
): Case {
  const { name, namespace } = object.metadata;
  return {
    rule,
    code,
    where: { file, pointer: breach.pointer },
    object: `${object.kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    model: /\/model-([^/]+)\/[^/]+$/.exec(file)?.[1],
    fault: breach.fault,
    repair: breach.repair,
  };
}

/** An InferenceService of which one replica may be all, or that no PodDisruptionBudget protects. */
function replicaCases(objects: readonly PlacedObject[]): Case[] {
  const budgets = new Set(
    objects.flatMap(({ object }) => (object.kind === 'PodDisruptionBudget' ? [podsOf(object)] : [])),
  );
  return objects.flatMap(({ file, object }) => {
    if (object.kind !== 'InferenceService') return [];
    const { spec, metadata } = object as typeof object & { spec?: { predictor?: { minReplicas?: number } } };
    const replicas = spec?.predictor?.minReplicas ?? 1;
    const pointer = ['spec', 'predictor', 'minReplicas'];
    const few: Breach = { pointer, fault: `it may run as ${replicas} replica`, repair: 'Set minReplicas to 2' };
    const bare: Breach = { pointer: [], fault: 'no PodDisruptionBudget protects it', repair: 'Add one' };
    const protectedPods = budgets.has(`${metadata.namespace ?? ''}/isvc.${metadata.name}-predictor`);
    return [...(replicas < 2 ? [few] : []), ...(protectedPods ? [] : [bare])].map((breach) =>
      caseOf('replicas', 'POLICY_REPLICAS', file, object, breach),
    );
  });
}

function podsOf(object: PlacedObject['object']): string {
  type Budget = typeof object & { spec?: { selector?: { matchLabels?: Readonly<Record<string, string>> } } };
  const { metadata, spec } = object as Budget;
  return `${metadata.namespace ?? ''}/${spec?.selector?.matchLabels?.['app'] ?? ''}`;
}

function digestCases(objects: readonly PlacedObject[], models: readonly ServedModel[]): Case[] {
  const bare = new Map(
    models.flatMap((model) => (model.sha256 === undefined ? [[`${model.namespace}/${model.name}`, model]] : [])),
  );
  return objects.flatMap(({ file, object }) => {
    const { kind, metadata } = object;
    const model = kind === 'InferenceService' ? bare.get(`${metadata.namespace ?? ''}/${metadata.name}`) : undefined;
    if (model === undefined) return [];
    const wrong = `version "${model.version}" has no SHA-256`;
    const breach = { pointer: ['spec', 'predictor', 'model'], fault: wrong, repair: 'Add "sha256" to the version' };
    return [caseOf('artifactDigest', 'POLICY_ARTIFACT_DIGEST', file, object, breach)];
  });
}

function fits(waiver: Waiver, { rule, model, object }: Case): boolean {
  if (waiver.rule !== rule || (waiver.model === undefined && waiver.object === undefined)) return false;
  return (waiver.model ?? model) === model && (waiver.object ?? object) === object;
}

/** Whole days until the end of the waiver's last day, UTC; negative once it has passed. */
function daysLeft({ until }: Waiver, now: Date): number {
  return Math.floor((Date.parse(`${until}T00:00:00Z`) + DAY - 1 - now.getTime()) / DAY);
}

function waiverProblems(waiver: Waiver, where: Where, matched: number, left: number): Problem[] {
  const at = (field: string): Where => ({ ...where, pointer: [...(where.pointer ?? []), field] });
  const subject = waiver.object ?? (waiver.model === undefined ? undefined : `model "${waiver.model}"`);
  if (subject === undefined) {
    const message = `Cannot except anything from "${waiver.rule}": the waiver names neither model nor object`;
    return [fault('WAIVER_UNUSED', at('rule'), message, 'Add one of the two')];
  }
  if (matched === 0) {
    const message = `Cannot use the waiver from "${waiver.rule}" for ${subject}: nothing of it breaks that rule`;
    return [
      fault(
        'WAIVER_UNUSED',
        at(waiver.object === undefined ? 'model' : 'object'),
        message,
        'Remove it, or correct the name',
      ),
    ];
  }
  if (left < 0) {
    const message = `Cannot except ${subject} from "${waiver.rule}" any longer: the waiver ended on ${waiver.until}`;
    const repair = `Ask ${waiver.owner} to mend it, or for a later day: "${waiver.reason}"`;
    return [fault('WAIVER_EXPIRED', at('until'), message, repair)];
  }
  if (left >= SOON_DAYS) return [];
  const days = left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`;
  const message = `Cannot except ${subject} from "${waiver.rule}" much longer: the waiver ends ${days}, on ${waiver.until}`;
  return [warning('WAIVER_EXPIRES_SOON', at('until'), message, `Ask ${waiver.owner} to mend it`)];
}
