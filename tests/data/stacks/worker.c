/* Computes, and writes to /dev/null, for five seconds: the program of recorded.bpftrace.txt. */
#include <math.h>
#include <stdio.h>
#include <time.h>

static volatile double sum;

static void __attribute__((noinline)) compute(void) {
    for (int i = 0; i < 20000; i++) sum += sin(i);
}

static void __attribute__((noinline)) report(FILE *to) {
    for (int i = 0; i < 2000; i++) {
        fputc('x', to);
        fflush(to);
    }
}

int main(void) {
    FILE *to = fopen("/dev/null", "w");
    for (time_t end = time(NULL) + 5; to && time(NULL) < end;) {
        compute();
        report(to);
    }
    return !to;
}
