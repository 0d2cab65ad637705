/** The comment on a pull request, against a server that keeps comments as GitHub's API does. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { comment, type Target } from './comment.ts';

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string };
}

interface Forge {
  readonly comments: Comment[];
  readonly target: Target;
  readonly calls: string[];
}

async function forge(t: TestContext, comments: Comment[], sha = 'abc'): Promise<Forge> {
  const calls: string[] = [];
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://forge');
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on('end', () => {
      calls.push(`${request.method} ${url.pathname}`);
      const answer = respond(request.method ?? '', url, text);
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer ?? {}));
    });
  });
  const respond = (method: string, url: URL, text: string): unknown => {
    const path = url.pathname.replace('/repos/o/r/', '');
    if (method === 'GET' && path === 'pulls') {
      const mine = url.searchParams.get('head') === 'fork:a/b&c' && url.searchParams.get('state') === 'open';
      return mine
        ? [
            { number: 6, head: { sha: 'other' } },
            { number: 7, head: { sha } },
          ]
        : [];
    }
    const page = Number(url.searchParams.get('page') ?? 1);
    if (method === 'GET' && path === 'issues/7/comments') return comments.slice((page - 1) * 100, page * 100);
    const { body } = JSON.parse(text || '{}') as { body?: string };
    if (method === 'POST' && path === 'issues/7/comments') {
      comments.push({ id: comments.length + 1, body: body ?? '', user: { type: 'Bot' } });
      return {};
    }
    const found = comments.find(({ id }) => path === `issues/comments/${id}`);
    if (method !== 'PATCH' || found === undefined) return undefined;
    found.body = body ?? '';
    return {};
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const head = { headOwner: 'fork', headBranch: 'a/b&c', headSha: 'abc' };
  return { comments, calls, target: { api, repository: 'o/r', token: 't', ...head } };
}

test('the first run comments, the second changes that comment', async (t) => {
  const { target, comments } = await forge(t, []);
  assert.equal(await comment(target, 'one'), 'commented on #7');
  assert.equal(await comment(target, 'two'), 'updated the comment on #7');
  assert.equal(comments.length, 1);
  assert.match(comments[0]?.body ?? '', /^<!-- kserve-gitops: diff -->\ntwo$/);
});

test('a comment with the mark that a person wrote is left alone, and those behind a hundred others are found', async (t) => {
  const mark = '<!-- kserve-gitops: diff -->\n';
  const talk = Array.from({ length: 120 }, (_, id) => ({ id: id + 10, body: `${mark}mine`, user: { type: 'User' } }));
  const { target, comments } = await forge(t, [...talk, { id: 999, body: `${mark}old`, user: { type: 'Bot' } }]);
  assert.equal(await comment(target, 'new'), 'updated the comment on #7');
  assert.equal(comments.find(({ id }) => id === 999)?.body, `${mark}new`);
  assert.ok(comments.filter(({ user }) => user.type === 'User').every(({ body }) => body === `${mark}mine`));
});

test('a pull request whose newest commit is another gets nothing', async (t) => {
  const { target, comments, calls } = await forge(t, [], 'newer');
  assert.match(await comment(target, 'text'), /nothing to comment on/);
  assert.equal(comments.length, 0);
  assert.deepEqual(calls, ['GET /repos/o/r/pulls']);
});

test('a text that is too long is cut, and a refusal is told', async (t) => {
  const { target, comments } = await forge(t, []);
  await comment(target, 'x'.repeat(100_000));
  assert.ok((comments[0]?.body.length ?? 0) < 65_536);
  await assert.rejects(comment({ ...target, repository: 'o/none' }, 'text'), /GitHub answered 404 to GET pulls/);
});
