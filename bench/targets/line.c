/*
 * line CPU CPU: two threads, one on each of these CPUs, write to one line of cache in turn. Prints how many ns the line took from one to
 * the other in the quickest of many short rounds: in the others one of the two waited for its CPU. Pinned, because two threads that
 * share a CPU would measure the scheduler.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 50
#define ROUND_NS 2000000
/* Between two looks at the clock, which would count as the line's. */
#define TURNS 256
/* Odd, as all that the other thread answers. */
#define END UINT64_MAX

static struct {
  char before[128];
  _Atomic uint64_t turn;
  char after[128];
} line;

static int other_cpu;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void stay_on(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set)) {
    perror("sched_setaffinity");
    exit(1);
  }
}

static void spin(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void *answer(void *unused) {
  stay_on(other_cpu);
  for (;;) {
    uint64_t t = atomic_load_explicit(&line.turn, memory_order_acquire);
    if (t == END) return unused;
    if (t & 1)
      atomic_store_explicit(&line.turn, t + 1, memory_order_release);
    else
      spin();
  }
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: line CPU CPU\n");
    return 2;
  }
  other_cpu = atoi(argv[2]);
  stay_on(atoi(argv[1]));
  pthread_t other;
  if (pthread_create(&other, NULL, answer, NULL)) {
    fprintf(stderr, "line: no second thread\n");
    return 1;
  }
  uint64_t turn = 0;
  double least = 0;
  for (int round = 0; round < ROUNDS; round++) {
    uint64_t first = turn;
    int64_t began = now_ns(), took;
    do {
      for (int i = 0; i < TURNS; i++) {
        atomic_store_explicit(&line.turn, turn + 1, memory_order_release);
        turn += 2;
        while (atomic_load_explicit(&line.turn, memory_order_acquire) != turn) spin();
      }
    } while ((took = now_ns() - began) < ROUND_NS);
    double each = (double)took / (turn - first);
    if (round == 0 || each < least) least = each;
  }
  printf("%.1f\n", least);
  atomic_store_explicit(&line.turn, END, memory_order_release);
  pthread_join(other, NULL);
  return 0;
}
