#include <cmath>
#include <cstdio>
#include <vector>
struct Fraction {
  long top, bottom;
  __attribute__((always_inline)) Fraction operator+(const Fraction &o) const { return {spread(top * o.bottom + o.top * bottom), spread(bottom * o.bottom)}; }
  __attribute__((noinline)) Fraction &operator++() { for (int i = 0; i < 20; i++) top = spread(top + i); return *this; }
  __attribute__((always_inline)) static long spread(long n) { long s = 0; for (int i = 0; i < 16; i++) s = (s * 31 + (n >> i)) % 65521; return s | 1; }
  __attribute__((noinline)) bool operator<(const Fraction &o) const { return spread(top) * std::fmod(double(bottom), 97.0) < spread(o.top) * o.bottom; }
};
struct Sum { std::vector<Fraction> parts; Fraction operator()() { Fraction s{1, 1}; for (auto &p : parts) { s = s + p; if (p < s) ++p; } return s; } Sum *operator->() { return this; } };
int main() { Sum sum; for (long i = 1; i < 400; i++) sum.parts.push_back({i, i + 1}); long n = 0; for (int i = 0; i < 2200; i++) n += sum->operator()().top; std::printf("%ld\n", n); }
