function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
function concat(n) { let text = ''; for (let i = 0; i < n; i++) text += String.fromCharCode(65 + i % 26); return text.length; }
function garbage() { const kept = []; for (let i = 0; i < 20000; i++) kept.push({ i, text: 'x' + i }); return kept; }
const end = Date.now() + 800;
while (Date.now() < end) { fib(18); concat(2000); garbage(); JSON.stringify(garbage().slice(0, 500)); }
