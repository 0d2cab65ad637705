/** How this room tells what it does, without knowing where it is written. */
export type Report = (event: string, fields: Readonly<Record<string, unknown>>) => void;
