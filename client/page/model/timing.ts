/** Where the time of one answer went, in milliseconds: from Server-Timing (W3C) and the page's own clock. */
export interface Timing {
  readonly total: number;
  /** Waiting in the model server for its turn; absent where it does not say. */
  readonly queue?: number;
  /** The model itself, with bringing its inputs and outputs. */
  readonly compute?: number;
  /** Between the page's server and the model server, without the two above. */
  readonly inside?: number;
  /** The page's own server. */
  readonly proxy?: number;
  /** Between this browser and the page's server. */
  readonly network: number;
}

export function parseServerTiming(header: string | null): Readonly<Record<string, number>> {
  const entries = (header ?? '').split(',').flatMap((one) => {
    const [name = '', ...parameters] = one.split(';').map((part) => part.trim());
    const duration = parameters
      .find((part) => /^dur=/i.test(part))
      ?.slice(4)
      .replaceAll('"', '');
    return name === '' || duration === undefined || Number.isNaN(Number(duration))
      ? []
      : [[name, Number(duration)] as const];
  });
  return Object.fromEntries(entries);
}

export function timingOf(header: string | null, total: number): Timing {
  const { queue, input = 0, infer, output = 0, upstream, proxy } = parseServerTiming(header);
  const compute = infer === undefined ? undefined : input + infer + output;
  const known = (queue ?? 0) + (compute ?? 0);
  const inside = upstream === undefined ? undefined : Math.max(0, upstream - known);
  const network = Math.max(0, total - (upstream ?? known) - (proxy ?? 0));
  return {
    total,
    network,
    ...(queue === undefined ? {} : { queue }),
    ...(compute === undefined ? {} : { compute }),
    ...(inside === undefined ? {} : { inside }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
