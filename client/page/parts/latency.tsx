/** Where the milliseconds of one answer went: model, queue, the ways between. */
import type { JSX } from 'preact';
import type { Timing } from '../model/timing.ts';
import { texts } from '../texts.ts';

export function Latency({ timing }: { readonly timing: Timing }): JSX.Element {
  const parts = (['compute', 'queue', 'inside', 'proxy', 'network'] as const).flatMap((name) => {
    const value = timing[name];
    return value === undefined ? [] : [{ name, value }];
  });
  return (
    <div class="latency">
      <p class="remark">
        {texts.latency.total} <strong>{texts.ms(timing.total)}</strong>
      </p>
      <div class="split" aria-hidden="true">
        {parts.map(({ name, value }) => (
          <span key={name} class={name} style={{ flexGrow: Math.max(value, 0.001) }} />
        ))}
      </div>
      <dl>
        {parts.map(({ name, value }) => (
          <div key={name}>
            <dt>
              <span class={`key ${name}`} aria-hidden="true" />
              {texts.latency[name]}
            </dt>
            <dd>{texts.ms(value)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
