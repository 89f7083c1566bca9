/* What a target tells the harness: a file mapped by both. Times are ns of CLOCK_MONOTONIC. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct counter {
  volatile uint64_t requests;
  volatile uint64_t accepted;
  volatile uint64_t open;
  volatile int64_t first_request_ns;
  volatile uint64_t logged;
};

#define HEADER 4096

static const char BODY[] =
    "{\"id\":1,\"name\":\"a name\",\"ok\":true,\"v\":[1,2,3,4,5,6,7,8,9],\"text\":\"0123456789012345678901234567890\"}";

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void *map_file(const char *path, size_t bytes) {
  int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || ftruncate(fd, bytes)) {
    perror(path);
    exit(1);
  }
  void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (p == MAP_FAILED) {
    perror("mmap");
    exit(1);
  }
  return p;
}

static void raise_file_limit(void) {
  struct rlimit r;
  getrlimit(RLIMIT_NOFILE, &r);
  r.rlim_cur = r.rlim_max;
  setrlimit(RLIMIT_NOFILE, &r);
}
