/* Threads with names that look like fields, one after the other; each works a little and writes once. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static const char *names[] = {"node", "9 lives 42", "", "#1 job", "dd", "v1.2 3.4: x", "C2 CompilerThre"};
static volatile unsigned long sum;
static int null;

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

__attribute__((noinline)) void leaf(double until)
{
	while (now() < until)
		for (int i = 0; i < 1000; i++)
			sum += i;
}

__attribute__((noinline)) void caller(double until)
{
	leaf(until);
	sum++;
}

static void *work(void *name)
{
	prctl(PR_SET_NAME, name);
	caller(now() + 0.02);
	sum += write(null, "x", 1);
	return NULL;
}

int main(void)
{
	null = open("/dev/null", O_WRONLY);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		pthread_t thread;
		pthread_create(&thread, NULL, work, (void *)names[i]);
		pthread_join(thread, NULL);
	}
}
