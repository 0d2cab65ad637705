/** `--root`, which every command has. */
import { Option } from 'commander';

export function rootOption(): Option {
  return new Option('--root <folder>', 'project folder').default(process.cwd(), 'this folder');
}
