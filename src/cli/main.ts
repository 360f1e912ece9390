#!/usr/bin/env node
import '../server/no-inspector'
import { runCommandLine } from './program'
import { createTerminal } from './terminal'

void runCommandLine(process.argv.slice(2), createTerminal()).then(exitCode => {
  process.exitCode = exitCode
})
