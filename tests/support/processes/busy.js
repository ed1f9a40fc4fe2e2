// Works in a function with a name that tests look for, a third of the time: other tests run beside. Says when it has begun.
const REST = 2;

function lodestarBusyWork() {
  let sum = 0;
  for (let i = 0; i < 2e6; i++) sum += Math.sqrt(i);
  return sum;
}
process.stdout.write("ready\n");
(function again() {
  const { user } = process.cpuUsage();
  lodestarBusyWork();
  setTimeout(again, (REST * (process.cpuUsage().user - user)) / 1000);
})();
