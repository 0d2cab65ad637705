import type { JSX } from 'preact';
import type { Readiness } from '../../contract.ts';
import { texts } from '../texts.ts';

/** The word says it; the dot's shape and colour only help. */
export function ReadinessChip({ readiness }: { readonly readiness: Readiness }): JSX.Element {
  return (
    <span class={`chip state ${readiness.state}`} title={readiness.reason}>
      <span class="dot" aria-hidden="true" />
      {texts.readiness[readiness.state]}
    </span>
  );
}
