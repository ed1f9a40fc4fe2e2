'use strict';
// One phase of phases.sh: builds monthly reports on one CPU until it is ended.

function readOrders(count) {
  const orders = [];
  for (let id = 0; id < count; id++) orders.push({ id, customer: `customer-${id % 613}`, cents: (id * 7919) % 100003 });
  return JSON.parse(JSON.stringify(orders));
}

function sumByCustomer(orders) {
  const sums = new Map();
  for (const { customer, cents } of orders) sums.set(customer, (sums.get(customer) ?? 0) + cents);
  return sums;
}

function sortByTurnover(sums) {
  return [...sums].sort(([a, x], [b, y]) => y - x || a.localeCompare(b));
}

function buildMonthlyReport() {
  return sortByTurnover(sumByCustomer(readOrders(20000))).length;
}

for (;;) buildMonthlyReport();
