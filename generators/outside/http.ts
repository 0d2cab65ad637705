/** HTTP requests whose answer is JSON. */

export async function postJson(url: string, value: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

export async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  return (await response.json()) as unknown;
}
