/** One HTTP request with a JSON body. */

export async function postJson(url: string, value: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}
