import { spawnSync } from 'node:child_process';

/** Whether Prometheus's own checker of rules is here: Debian's package `prometheus` has it. */
export const promtoolIsInstalled = spawnSync('promtool', ['--version']).status === 0;
