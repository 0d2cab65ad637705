/** Log settings ↔ the message of Triton's logging extension. */
import type { LogSetting } from '../operate/log-settings.ts';

interface SettingValue {
  readonly parameter_choice?: 'bool_param' | 'uint32_param' | 'string_param';
  readonly bool_param?: boolean;
  readonly uint32_param?: number;
  readonly string_param?: string;
}

export interface LogSettingsMessage {
  readonly settings: Readonly<Record<string, SettingValue>>;
}

/** Settings without a value ask for nothing. */
export function changesOf({ settings }: LogSettingsMessage): Record<string, unknown> {
  const changes: [string, unknown][] = [];
  for (const [name, value] of Object.entries(settings)) {
    if (value.parameter_choice !== undefined) changes.push([name, value[value.parameter_choice]]);
  }
  return Object.fromEntries(changes);
}

export function settingsMessage(settings: Readonly<Record<string, LogSetting>>): LogSettingsMessage {
  return {
    settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, settingValue(value)])),
  };
}

function settingValue(value: LogSetting): SettingValue {
  if (typeof value === 'boolean') return { bool_param: value };
  return typeof value === 'number' ? { uint32_param: value } : { string_param: value };
}
