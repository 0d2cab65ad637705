/** What else can be done with a model, in tabs, which are loaded after the form. */
import { useSignal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isBatch } from '../model/form.ts';
import type { ModelState } from '../state/model.ts';
import { texts } from '../texts.ts';

type Panel = ComponentType<{ readonly state: ModelState }>;

const TABS = ['whatif', 'csv', 'code', 'raw', 'history', 'about'] as const;
type Tab = (typeof TABS)[number];

const names = {
  whatif: 'WhatIfPanel',
  csv: 'CsvPanel',
  code: 'CodePanel',
  raw: 'RawPanel',
  history: 'HistoryPanel',
  about: 'AboutPanel',
} as const satisfies Readonly<Record<Tab, string>>;

async function loadPanel(tab: Tab): Promise<Panel> {
  return (await import('./panels.tsx'))[names[tab]];
}

export function Tools({ state }: { readonly state: ModelState }): JSX.Element {
  const form = state.form.value;
  const tabs = TABS.filter(
    (tab) => (tab !== 'whatif' && tab !== 'csv') || (state.raw === undefined && isBatch(form)),
  ).filter((tab) => tab !== 'whatif' || form.some((one) => one.kind === 'fields'));
  const open = useSignal<Tab>(tabs[0] ?? 'code');
  const list = useRef<HTMLDivElement>(null);
  const now = tabs.includes(open.value) ? open.value : (tabs[0] ?? 'code');
  const keys = (event: KeyboardEvent): void => {
    const at = tabs.indexOf(now);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs.at(to % tabs.length) ?? now;
    open.value = next;
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <section class="panel tools" aria-label={texts.tools.label}>
      <div role="tablist" aria-label={texts.tools.label} ref={list} onKeyDown={keys}>
        {tabs.map((tab) => (
          <button
            key={tab}
            type="button"
            role="tab"
            id={`tab-${tab}`}
            aria-selected={tab === now}
            aria-controls="tool"
            tabIndex={tab === now ? 0 : -1}
            onClick={() => {
              open.value = tab;
            }}
          >
            {texts.tools[tab]}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="tool" aria-labelledby={`tab-${now}`}>
        <Lazy key={now} tab={now} state={state} />
      </div>
    </section>
  );
}

function Lazy({ tab, state }: { readonly tab: Tab; readonly state: ModelState }): JSX.Element {
  const panel = useSignal<{ View: Panel } | undefined>(undefined);
  const failed = useSignal(false);
  const attempt = useSignal(0);
  useEffect(() => {
    let here = true;
    failed.value = false;
    loadPanel(tab).then(
      (View) => {
        if (here) panel.value = { View };
      },
      // A release has replaced the files under an open page, or the network is gone.
      () => {
        if (here) failed.value = true;
      },
    );
    return () => {
      here = false;
    };
  }, [tab, attempt.value]);
  const found = panel.value;
  if (found !== undefined) return <found.View state={state} />;
  if (!failed.value) return <p class="waiting">{texts.loading}</p>;
  return (
    <div class="trouble" role="alert">
      <div>
        <h3>{texts.tools.notLoaded}</h3>
        <p class="row">
          <button
            type="button"
            onClick={() => {
              attempt.value += 1;
            }}
          >
            {texts.retry}
          </button>
          <button type="button" class="quiet" onClick={() => location.reload()}>
            {texts.tools.reload}
          </button>
        </p>
      </div>
    </div>
  );
}
