/** One package as npm's lock files describe it. */
export interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}
type Packages = Readonly<Record<string, LockedPackage>>;
type Environment = Readonly<Record<string, string | undefined>>;
interface System {
  readonly platform: string;
  readonly arch: string;
  readonly exists: (path: string) => boolean;
}

export function whyReinstall(locked: Packages, installed: Packages, system: System): string | null;
export function checkHash(file: string, expected: string): Promise<void>;
export function hashFile(file: string): Promise<string>;
export function fallbackLine(reason: string): string;
export function npmFailure(output: string): string;
export function pipFailure(output: string): string;
export function oneLine(text?: string): string;
export function cacheFolder(env: Environment, home: string): string;
export function skipsTensorflow(env: Environment): boolean;
export function wantedDevice(args: readonly string[], env: Environment): 'cpu' | 'gpu';
export function readyLine(device: 'cpu' | 'gpu', seen: { readonly gpu: boolean }): string;
export function progressText(done: number, total: number): string;
