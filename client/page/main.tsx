/** The page: an entry that draws, and nothing else. */
import './styles/base.css';
import './styles/controls.css';
import './styles/catalogue.css';
import './styles/model.css';
import './styles/answer.css';
import './styles/tools.css';
import { render } from 'preact';
import { App } from './parts/app.tsx';
import { followLinks } from './state/address.ts';
import { startSite } from './state/site.ts';

followLinks();
startSite();
const root = document.getElementById('app') ?? document.body.appendChild(document.createElement('div'));
root.id = 'app';
root.replaceChildren();
render(<App />, root);
