/**
 * Every deadline and pause of this process, in milliseconds, in one place: a test stretches them so
 * that a busy machine changes no outcome, or shortens the one that it is about. Times that stand in
 * a token, a store or an answer are no matter of patience: those follow `now`.
 */
export interface Patience {
  /** The most that a caller waits for one call of a store, whatever the network or the server does. */
  readonly storeMs: number
  /** The most that `/readyz` waits. Shorter than a prober's own time-out, so that it hears why. */
  readonly readinessMs: number
  /** What `/readyz` has found of the stores counts for so long, for all who ask. */
  readonly readinessKeptMs: number
  /** How long a start waits for its database server before it goes on without. */
  readonly startMs: number
  /** How long closing waits for what hangs: an attempt to connect, a disk. */
  readonly closeMs: number
  /** Connecting for a migration, which may wait for another instance's. */
  readonly migrationConnectMs: number
  /** Between two attempts that a database server refused: a wrong password must not look like an attack. */
  readonly refusedPauseMs: number
  /** After so long without a failure an outage counts as over. */
  readonly calmMs: number
  /** How long a read of SQLite waits for a lock. It waits on the event loop. */
  readonly sqliteReadMs: number
  /** How long the writing thread of SQLite waits for another process's lock. */
  readonly sqliteWriteMs: number
  /** A batch of writes that takes longer fails its callers. */
  readonly sqliteBatchMs: number
  /** Of the callers' time, what is kept for the commit once a lock was waited for. */
  readonly sqliteCommitMs: number
  /** A writing thread that died is replaced after so long, not in a tight loop. */
  readonly sqliteRestartMs: number
  /** Connecting to Redis, handshake included. */
  readonly redisConnectMs: number
  /** Between two PINGs of an open connection. */
  readonly redisPingEveryMs: number
  /** A PING that is not answered for so long ends the connection. */
  readonly redisPingMs: number
  /** What was read from Redis counts for so long after its last word. */
  readonly redisSilenceMs: number
  /** Asking one sentinel where the primary is. */
  readonly redisSentinelMs: number
  /** A connection that lasted for so long was a good one, and the next is tried at once. */
  readonly redisGoodMs: number
  /** Between two questions for a cluster's map. */
  readonly redisMapPauseMs: number
  /** On top of WeChat's deadline: after that the owner of a login code is taken for dead. */
  readonly claimGraceMs: number
  /** Between two looks whether somebody else's exchange of a code is over. */
  readonly claimPollMs: number
  /** The most that a login waits for a hook of the host's. */
  readonly hookMs: number
  /** Between two batches of users who are given a proof after an upgrade. */
  readonly adoptionPauseMs: number
  /** Between two rounds over all users while they are given proofs. */
  readonly adoptionEveryMs: number
  /** The same where a write of the round before failed. */
  readonly adoptionRetryMs: number
  /** A shared counter that fails faster than this leaves time to ask the store for the login itself. */
  readonly counterMs: number
  /** How long one instance keeps the others from asking for an access_token, and how long they wait. */
  readonly leaseMs: number
  /** Between two looks whether the holder of that lease is done. */
  readonly leasePollMs: number
  /** A kept connection to a platform is closed after so long without use. */
  readonly idleSocketMs: number
  /** The longest pause before a connection to a platform that failed is tried once more. */
  readonly connectRetryMs: number
  /** While WeChat does not answer an app's logins, one login in so much time tries it. */
  readonly breakerTrialMs: number
  /** An event loop that is later than this takes no new logins. */
  readonly lagMs: number
  /** How often the event loop's lateness is looked at. */
  readonly lagCheckMs: number
  /** A client must have sent its headers within this time. */
  readonly headersMs: number
  /** A client must have sent its whole request within this time. */
  readonly requestMs: number
  /** How often the two limits above are looked at. */
  readonly connectionsCheckMs: number
  /** When connections have run out, a new one must have asked within this time. */
  readonly surplusMs: number
  /** How long requests under way may take to finish once the process was told to stop. */
  readonly drainMs: number
  /** On top of that: then the process ends, whatever still hangs. */
  readonly lastResortMs: number
  /** How long the end of the process waits for its last log lines. */
  readonly flushMs: number
  /** How long the first process waits for what each worker counted. */
  readonly countedMs: number
  /** How long a worker waits for what all of them counted. Shorter than a scrape's time-out, 10 s. */
  readonly gatherMs: number
  /** How often a worker tells what it counted: what a crash may lose at the most. */
  readonly tellCountedMs: number
  /** A worker that ran for so long was well, and its successor starts at once. */
  readonly healthyWorkerMs: number
  /** The longest pause before a worker that keeps crashing is started again. */
  readonly workerPauseMs: number
}

export const PATIENCE: Patience = Object.freeze({
  storeMs: 900,
  readinessMs: 800,
  readinessKeptMs: 1000,
  startMs: 3000,
  closeMs: 2000,
  migrationConnectMs: 5000,
  refusedPauseMs: 10_000,
  calmMs: 1000,
  sqliteReadMs: 100,
  sqliteWriteMs: 800,
  sqliteBatchMs: 1000,
  sqliteCommitMs: 200,
  sqliteRestartMs: 500,
  redisConnectMs: 800,
  redisPingEveryMs: 250,
  redisPingMs: 500,
  redisSilenceMs: 1000,
  redisSentinelMs: 400,
  redisGoodMs: 2000,
  redisMapPauseMs: 100,
  claimGraceMs: 2000,
  claimPollMs: 25,
  hookMs: 5000,
  adoptionPauseMs: 50,
  adoptionEveryMs: 3_600_000,
  adoptionRetryMs: 10_000,
  counterMs: 100,
  leaseMs: 1000,
  leasePollMs: 50,
  // Below the 5 s after which many servers drop an idle connection: a request written onto a
  // connection that is being dropped may have been read, and then its code could not be sent again.
  idleSocketMs: 4000,
  connectRetryMs: 100,
  breakerTrialMs: 1000,
  lagMs: 500,
  lagCheckMs: 100,
  headersMs: 5000,
  requestMs: 10_000,
  connectionsCheckMs: 500,
  surplusMs: 1000,
  drainMs: 10_000,
  lastResortMs: 5000,
  flushMs: 500,
  countedMs: 500,
  gatherMs: 2000,
  tellCountedMs: 1000,
  healthyWorkerMs: 10_000,
  workerPauseMs: 10_000,
})
