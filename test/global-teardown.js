/** Stops and removes the shared database servers, and whatever tests left behind. */
module.exports = () => globalThis.keeperOfTestServers?.stop()
