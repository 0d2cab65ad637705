/** Metrics as Prometheus reads them. */

/** Sum of a counter over its labels; 0 where it has not counted yet. Throws where the text does not declare it. */
export function counted(text: string, name: string): number {
  const lines = text.split('\n');
  if (!lines.includes(`# TYPE ${name} counter`)) throw new Error(`There is no counter ${name}: ${text.slice(0, 200)}`);
  return lines
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
