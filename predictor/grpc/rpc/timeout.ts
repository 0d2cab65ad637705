/** `grpc-timeout`: up to eight digits and a unit ("PROTOCOL-HTTP2" of gRPC). */

const milliseconds: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
const pattern = /^(\d{1,8})([HMSmun])$/;

/** Milliseconds; undefined when it is no timeout. */
export function readTimeout(text: string): number | undefined {
  const [, digits, unit = ''] = pattern.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (milliseconds[unit] ?? 0);
}
