/** Public names on the test's cluster. */
import { type Settings, TEAM } from './settings.ts';

export function modelHost({ domain }: Settings, model: string): string {
  return `${model}-${TEAM}.${domain}`;
}

export function grpcHost({ domain }: Settings, model: string): string {
  return `${model}-grpc-${TEAM}.${domain}`;
}
