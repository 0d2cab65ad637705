/** A limit on everything that comes from outside. Sizes in bytes, times in milliseconds. */

export const limits = {
  /** How many times the body limit is read and thrown away before a connection is cut, so that clients see the 413. */
  bodyDrainFactor: 4,
  /** Arrays, objects and members of objects in a request: each costs far more memory than its few bytes of text. */
  jsonStructures: 2_000_000,
  /** Nesting of arrays and objects in a request, as in Triton. */
  jsonDepth: 100,
  /** Dimensions of one tensor. */
  tensorRank: 32,
  /** Idle connections are kept longer than gateways keep theirs (60 s), or those would meet a closed socket. */
  keepAliveMs: 75_000,
  headersMs: 80_000,
  requestMs: 120_000,
  /** From our last word on a connection to its hard end, for a peer that does not hang up. */
  lingerMs: 1_000,
  /** What is left of a request when the server closes must come within this time. */
  closeMs: 5_000,
  handshakeMs: 10_000,
  /** What a client is told to wait before it asks a server or model again that is not ready. */
  retryAfterSeconds: 2,
  /** From the signal to the hard end; Kubernetes kills after 30 s. */
  shutdownMs: 25_000,
  /** What serving processes that do not end in time get beyond that before they are killed. */
  processEndMs: 2_000,
  /** Events of the payload log: how many and how much text may wait, and how they are sent. */
  payloadLog: {
    letters: 1_000,
    bytes: 32 * 1024 * 1024,
    atOnce: 4,
    attempts: 5,
    answerMs: 10_000,
    firstPauseMs: 200,
    /** What goes wrong is told to the log this often. */
    complainMs: 60_000,
    closeMs: 5_000,
  },
  /** How often the models file is looked at. */
  watchMs: 1_000,
  /** One connection of gRPC's HTTP/2. */
  grpc: {
    /** Calls at once, with those that were given up but are still worked on. */
    streams: 1_000,
    headerList: 16 * 1024,
    /** Larger frames than the 16 KiB of the protocol: a tensor then comes in fewer. */
    frame: 1024 * 1024,
    window: 16 * 1024 ** 2,
    streamWindow: 4 * 1024 ** 2,
    queued: 64 * 1024 ** 2,
    unread: 1024 * 1024,
    control: { burst: 10_000, perSecond: 5_000 },
    /** Cancelling is usual in gRPC; what it costs is bounded by the number of streams that are worked on. */
    resets: { burst: 10_000, perSecond: 2_000 },
    handshakeMs: 10_000,
    /** A silent connection is asked after this time whether its peer is still there, and dropped if no answer comes. */
    keepAliveMs: 60_000,
    keepAliveTimeoutMs: 20_000,
    stallMs: 60_000,
  },
  /** Requests of one gRPC stream that are worked on at once. */
  streamInFlight: 32,
  /** How often watched health is looked at. */
  healthWatchMs: 500,
  /** A model process is killed when opening (with the first runs), or one run, takes longer. */
  modelProcess: { openMs: 600_000, runMs: 120_000 },
  /** Processes of one model when their number is left open: each holds the whole model in memory. */
  modelProcesses: 4,
  /** One model folder in S3: bytes and objects in all. */
  modelFolder: { maxFolderBytes: 8 * 1024 ** 3, maxFolderObjects: 1_000 },
} as const;
