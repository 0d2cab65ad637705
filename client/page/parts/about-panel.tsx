/** What is known of a model: versions with what was measured, addresses, tensors. */
import type { JSX } from 'preact';
import type { CatalogueTensor, ModelDetail } from '../../contract.ts';
import { shortNumber } from '../model/history.ts';
import type { ModelState } from '../state/model.ts';
import { texts } from '../texts.ts';
import { Scroll } from './scroll.tsx';

export function AboutPanel({ state }: { readonly state: ModelState }): JSX.Element {
  const { model } = state;
  const target = state.target.value;
  return (
    <div class="about-model">
      <Versions model={model} />
      <h3>{texts.about.addresses}</h3>
      <dl class="list">
        <Fact name={texts.about.name} value={target.model} />
        <Fact name={texts.about.rest} value={model.publicUrl} />
        <Fact name={texts.about.grpc} value={model.grpc} />
        <Fact name={texts.about.protocol} value={model.protocol === 'v1' ? texts.about.v1 : texts.about.v2} />
        <Fact name={texts.about.platform} value={target.platform} />
        <Fact name={texts.about.loaded} value={target.loadedVersions?.join(', ')} />
      </dl>
      <h3>{texts.about.inputs}</h3>
      <Tensors tensors={target.signature.inputs} />
      <h3>{texts.about.outputs}</h3>
      <Tensors tensors={target.signature.outputs} />
      <p class="remark">{target.live ? texts.about.live : texts.about.fromRegistry}</p>
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string | undefined }): JSX.Element | null {
  if (value === undefined || value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </div>
  );
}

function Versions({ model }: { readonly model: ModelDetail }): JSX.Element | null {
  if (model.versions.length === 0) return null;
  const names = [...new Set(model.versions.flatMap(({ metrics = {} }) => Object.keys(metrics)))];
  return (
    <Scroll label={texts.about.versions}>
      <table>
        <caption>{texts.about.versions}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.about.version}</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {texts.metric(name)}
              </th>
            ))}
            <th scope="col">{texts.about.run}</th>
          </tr>
        </thead>
        <tbody>
          {model.versions.map(({ version, metrics = {}, run }) => (
            <tr key={version} class={version === model.version ? 'strong' : ''}>
              <th scope="row">
                {version}
                {version === model.version ? ` ${texts.about.served}` : ''}
              </th>
              {names.map((name) => (
                <td key={name}>{metrics[name] === undefined ? '' : shortNumber(metrics[name])}</td>
              ))}
              <td>
                <code>{run ?? ''}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Tensors({ tensors }: { readonly tensors: readonly CatalogueTensor[] }): JSX.Element {
  if (tensors.length === 0) return <p class="waiting">{texts.about.unknown}</p>;
  return (
    <ul class="tensors">
      {tensors.map(({ name, alias, datatype, shape, columns, labels }) => (
        <li key={name}>
          <code>{name}</code>
          {alias === undefined ? null : (
            <>
              {' '}
              {texts.about.also} <code>{alias}</code>
            </>
          )}{' '}
          <span class="unit">{texts.input.tensor(datatype, shape)}</span>
          {(columns ?? labels) === undefined ? null : <span class="names">{(columns ?? labels)?.join(', ')}</span>}
        </li>
      ))}
    </ul>
  );
}
