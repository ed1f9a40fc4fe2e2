// Keeps one core busy in a function with a name that the tests look for; says when it has begun.
function lodestarBusyWork() {
  let sum = 0;
  for (let i = 0; i < 2e6; i++) sum += Math.sqrt(i);
  return sum;
}
process.stdout.write("ready\n");
(function again() {
  lodestarBusyWork();
  setImmediate(again);
})();
