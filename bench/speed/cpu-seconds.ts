/** Seconds that cores have worked on some work of this process since, in all of its threads: on a busy machine the clock says more. */
export function cpuSecondsSince(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}
