/**
 * `npm run ci:comment -- FILE`: the file's text as the one comment of a pull request that this project keeps up to date.
 *
 * It runs with the rights to comment, on the files of the default branch; the text comes from a run that had no rights and
 * may belong to anybody, so nothing of it is run, and the pull request is found by what GitHub says of that run (owner,
 * branch and commit), not by what the run says of itself.
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const MARK = '<!-- kserve-gitops: diff -->';
/** GitHub takes 65,536 characters. */
const MOST = 65_000;

export interface Target {
  /** `https://api.github.com` */
  readonly api: string;
  readonly repository: string;
  readonly token: string;
  readonly headOwner: string;
  readonly headBranch: string;
  readonly headSha: string;
}

type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** What was done, for the log. Throws when GitHub refuses. */
export async function comment(target: Target, text: string): Promise<string> {
  const call = caller(target);
  const head = encodeURIComponent(`${target.headOwner}:${target.headBranch}`);
  const pulls = (await call('GET', `pulls?state=open&head=${head}&per_page=100`)) as {
    number: number;
    head: { sha: string };
  }[];
  const pull = pulls.find((one) => one.head.sha === target.headSha);
  if (pull === undefined) return 'no open pull request has this commit as its newest: nothing to comment on';
  const body = `${MARK}\n${text.slice(0, MOST)}`;
  const own = await findOwn(call, pull.number);
  if (own === undefined) {
    await call('POST', `issues/${pull.number}/comments`, { body });
    return `commented on #${pull.number}`;
  }
  await call('PATCH', `issues/comments/${own}`, { body });
  return `updated the comment on #${pull.number}`;
}

/** Only a bot's comment counts: anybody can write the mark. */
async function findOwn(call: Call, pull: number): Promise<number | undefined> {
  for (let page = 1; ; page += 1) {
    const list = (await call('GET', `issues/${pull}/comments?per_page=100&page=${page}`)) as {
      id: number;
      body?: string;
      user?: { type?: string };
    }[];
    const own = list.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(MARK) === true);
    if (own !== undefined || list.length < 100) return own?.id;
  }
}

function caller({ api, repository, token }: Target): Call {
  return async (method, path, body) => {
    const response = await fetch(`${api}/repos/${repository}/${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'x-github-api-version': '2022-11-28',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`GitHub answered ${response.status} to ${method} ${path.split('?')[0]}`);
    return (await response.json()) as unknown;
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment variable ${name} is not set`);
  return value;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const target = {
    api: process.env['GITHUB_API_URL'] ?? 'https://api.github.com',
    repository: required('GITHUB_REPOSITORY'),
    token: required('GITHUB_TOKEN'),
    headOwner: required('HEAD_OWNER'),
    headBranch: required('HEAD_BRANCH'),
    headSha: required('HEAD_SHA'),
  };
  process.stdout.write(`${await comment(target, readFileSync(process.argv[2] ?? 'diff.md', 'utf8'))}\n`);
}
