/** Fetches a model and shows its page; fetches again when the catalogue says that it changed. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ModelDetail, TargetSummary } from '../../contract.ts';
import { type ApiError, getJson } from '../state/api.ts';
import { asApiError } from '../state/side.ts';
import { catalogue } from '../state/site.ts';
import { texts } from '../texts.ts';
import { HomeLink, titleOf } from './app.tsx';
import { ModelPage } from './model-page.tsx';
import { Empty, Trouble } from './notice.tsx';

export function ModelRoute({ name }: { readonly name: string }): JSX.Element {
  const model = useSignal<ModelDetail | undefined>(undefined);
  const error = useSignal<ApiError | undefined>(undefined);
  const attempt = useSignal(0);
  const summary = catalogue.value?.models.find((one) => one.name === name);
  const revision = summary === undefined ? '' : revisionOf(summary.targets);
  const load = (abort: AbortController): void => {
    getJson<ModelDetail>(`models/${encodeURIComponent(name)}`, abort.signal).then(
      (detail) => {
        model.value = detail;
        error.value = undefined;
      },
      (reason: unknown) => {
        if (!abort.signal.aborted) error.value = asApiError(reason);
      },
    );
  };
  useEffect(() => {
    const abort = new AbortController();
    load(abort);
    return () => abort.abort();
  }, [name, attempt.value]);
  // A signature may appear when a model that was down comes up.
  useEffect(() => {
    const known = model.peek();
    if (revision === '' || known === undefined || revisionOf(known.targets) === revision) return undefined;
    const abort = new AbortController();
    load(abort);
    return () => abort.abort();
  }, [name, revision]);
  const title = model.value?.title ?? titleOf(name);
  useEffect(() => {
    document.title = title;
  }, [title]);
  const retry = (): void => {
    attempt.value += 1;
  };
  if (model.value !== undefined) return <ModelPage key={signatureKey(model.value)} model={model.value} />;
  if (error.value?.code === 'MODEL_UNKNOWN') {
    return (
      <Empty title={texts.model.unknown(name)} text={texts.model.unknownText}>
        <HomeLink>{texts.model.all}</HomeLink>
      </Empty>
    );
  }
  if (error.value !== undefined) return <Trouble error={error.value} retry={retry} page />;
  return (
    <div aria-busy="true">
      <h1>{title}</h1>
      <p role="status">{texts.loading}</p>
    </div>
  );
}

function revisionOf(targets: readonly TargetSummary[]): string {
  return targets.map((one) => `${one.name} ${one.version} ${one.readiness.state === 'ready'}`).join();
}

/** The page starts anew when what it asks for changes, not when readiness does. */
function signatureKey({ targets }: ModelDetail): string {
  return JSON.stringify(targets.map(({ name, version, signature }) => [name, version, signature]));
}
