/** The settings of the payload log. */
import { oneOf, settingOf, UsageError, type Values } from './config-settings.ts';

export interface PayloadLogConfig {
  readonly url: string;
  /** Share of requests, 0 to 1. */
  readonly sample: number;
  readonly mode: 'all' | 'request' | 'response';
  readonly attributes: Readonly<Record<string, string>>;
}

/** Throws UsageError. */
export function payloadLogOf(given: Values): { readonly payloadLog?: PayloadLogConfig } {
  const url = given.PAYLOAD_LOG_URL;
  if (url === undefined) return {};
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError(`PAYLOAD_LOG_URL is "${url}", expected an http or https address`);
  const share = settingOf(given, 'PAYLOAD_LOG_SAMPLE');
  const sample = Number(share);
  if (!/^[\d.]+$/.test(share) || !(sample <= 1))
    throw new UsageError(`PAYLOAD_LOG_SAMPLE is "${share}", expected a number from 0 to 1`);
  const mode = oneOf(given, 'PAYLOAD_LOG_MODE', ['all', 'request', 'response']);
  return { payloadLog: { url, sample, mode, attributes: attributesOf(given.PAYLOAD_LOG_ATTRIBUTES ?? '') } };
}

/** CloudEvents 1.0 lets names of attributes be lower-case letters and digits, twenty at most by its advice. */
function attributesOf(text: string): Record<string, string> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^\s*([a-z0-9]{1,20})=(.+?)\s*$/.exec(pair) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      const wanted = 'expected name=value with a name of lower-case letters and digits';
      throw new UsageError(`PAYLOAD_LOG_ATTRIBUTES has "${pair}", ${wanted}`);
    }),
  );
}
