// What is recorded: some JavaScript that is deep, wide, nameless, idle and collects garbage, for a second.
function fib(n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}
class Shop {
  price(n) {
    return fib(15 + (n % 5));
  }
}
const shop = new Shop();
const parse = (n) => JSON.parse(JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ id: i * n }))));
const end = Date.now() + 1000;
(function turn(n) {
  for (let i = 0; i < 10; i++) {
    shop.price(i);
    parse(n);
  }
  if (Date.now() < end) setTimeout(() => turn(n + 1), 20);
})(0);
