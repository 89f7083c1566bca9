/*
 * slow --port P --file FILE [--freeze-first S --freeze-every S --freeze-for S]: a server that is late on purpose and writes down
 * when each request came. One thread, epoll, 127.0.0.1 only.
 *
 *   /           answers at once
 *   /delay      after 50 ms
 *   /lognormal  after a log-normal delay, median 20 ms, sigma 0.8, the same sequence each time
 *
 * Frozen times count from the first request. In them requests are read, so that their times of arrival are right, but no answer
 * leaves; at the end all that wait leave in the order in which they were due.
 *
 * FILE: counter.h's head, then from byte 4096 one record a request: arrived ns, answered ns (0: not), connection, path (0, 1, 2).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include "counter.h"

#define MAX_FD 65536
#define MAX_RECORDS (4u << 20)

struct record {
  int64_t arrived_ns, answered_ns;
  uint32_t connection, path;
};
struct connection {
  int fd, used, closing;
  uint32_t id;
  char buffer[4096];
};
struct answer {
  int64_t due_ns;
  uint64_t turn;
  int fd;
  uint32_t connection;
  uint64_t record;
};

static struct counter *counter;
static struct record *records;
static struct connection *connections[MAX_FD];
static struct answer *heap;
static size_t waiting, room;
static uint64_t turn;
static int64_t freeze_first, freeze_every, freeze_for;
static int timer;
static char response[512];
static int response_length;

/* The end of the frozen time that t lies in, or 0. */
static int64_t frozen_until(int64_t t) {
  int64_t since = t - counter->first_request_ns - freeze_first;
  if (!freeze_every || !counter->first_request_ns || since < 0 || since % freeze_every >= freeze_for) return 0;
  return t - since % freeze_every + freeze_for;
}

static double uniform(void) {
  static uint64_t x = 88172645463325252ULL;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return ((x >> 11) + 0.5) / 9007199254740992.0;
}

static double gauss(void) {
  double u = uniform();
  return sqrt(-2 * log(u)) * cos(2 * M_PI * uniform());
}

static int before(const struct answer *a, const struct answer *b) {
  return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->turn < b->turn);
}

static void swap(size_t i, size_t k) {
  struct answer t = heap[i];
  heap[i] = heap[k];
  heap[k] = t;
}

static void add(struct answer a) {
  if (waiting == room) {
    room = room ? room * 2 : 4096;
    heap = realloc(heap, room * sizeof *heap);
    if (!heap) abort();
  }
  size_t i = waiting++;
  heap[i] = a;
  for (; i && before(&heap[i], &heap[(i - 1) / 2]); i = (i - 1) / 2) swap(i, (i - 1) / 2);
}

static struct answer take(void) {
  struct answer first = heap[0];
  heap[0] = heap[--waiting];
  for (size_t i = 0;;) {
    size_t left = 2 * i + 1, least = i;
    if (left < waiting && before(&heap[left], &heap[least])) least = left;
    if (left + 1 < waiting && before(&heap[left + 1], &heap[least])) least = left + 1;
    if (least == i) return first;
    swap(i, least);
    i = least;
  }
}

static void drop(struct connection *c) {
  connections[c->fd] = NULL;
  close(c->fd);
  free(c);
  counter->open--;
}

static void send_answer(const struct answer *a) {
  struct connection *c = connections[a->fd];
  if (!c || c->id != a->connection) return; /* the client left */
  if (send(c->fd, response, response_length, MSG_NOSIGNAL) != response_length) {
    drop(c);
    return;
  }
  if (a->record < MAX_RECORDS) records[a->record].answered_ns = now_ns();
  if (c->closing) drop(c);
}

static void send_due(void) {
  int64_t now;
  while (waiting && heap[0].due_ns <= (now = now_ns()) && !frozen_until(now)) {
    struct answer a = take();
    send_answer(&a);
  }
}

static void arm(void) {
  struct itimerspec at = {0};
  if (waiting) {
    int64_t now = now_ns(), when = heap[0].due_ns > now ? heap[0].due_ns : now + 1, end = frozen_until(when);
    if (end) when = end;
    at.it_value.tv_sec = when / 1000000000LL;
    at.it_value.tv_nsec = when % 1000000000LL;
  }
  timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static int is(const char *path, size_t length, const char *name) { return length == strlen(name) && !memcmp(path, name, length); }

static void request(struct connection *c, char *head, size_t length) {
  int64_t now = now_ns(), due = now;
  head[length - 1] = 0;
  char *path = strchr(head, ' ');
  path = path ? path + 1 : head;
  size_t n = strcspn(path, " ?");
  if (strcasestr(head, "\nconnection: close")) c->closing = 1;
  uint32_t which = 0;
  if (is(path, n, "/delay")) {
    which = 1;
    due += 50000000;
  } else if (is(path, n, "/lognormal")) {
    which = 2;
    due += (int64_t)(20e6 * exp(0.8 * gauss()));
  }
  if (!counter->first_request_ns) counter->first_request_ns = now;
  uint64_t record = counter->requests++;
  if (record < MAX_RECORDS) {
    records[record] = (struct record){now, 0, c->id, which};
    counter->logged = record + 1;
  }
  struct answer a = {due, turn++, c->fd, c->id, record};
  if (due == now && !waiting && !frozen_until(now)) send_answer(&a);
  else add(a);
}

static void readable(struct connection *c) {
  ssize_t got = read(c->fd, c->buffer + c->used, sizeof c->buffer - c->used);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    drop(c);
    return;
  }
  c->used += got;
  int fd = c->fd;
  char *end;
  while ((end = memmem(c->buffer, c->used, "\r\n\r\n", 4))) {
    size_t length = end + 4 - c->buffer;
    request(c, c->buffer, length);
    if (connections[fd] != c) return;
    c->used -= length;
    memmove(c->buffer, c->buffer + length, c->used);
  }
  if (c->used == sizeof c->buffer) drop(c);
}

int main(int argc, char **argv) {
  int port = 0;
  const char *file = NULL;
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *o = argv[i], *v = argv[i + 1];
    if (!strcmp(o, "--port")) port = atoi(v);
    else if (!strcmp(o, "--file")) file = v;
    else if (!strcmp(o, "--freeze-first")) freeze_first = atof(v) * 1e9;
    else if (!strcmp(o, "--freeze-every")) freeze_every = atof(v) * 1e9;
    else if (!strcmp(o, "--freeze-for")) freeze_for = atof(v) * 1e9;
    else file = NULL, i = argc;
  }
  if (!port || !file) {
    fprintf(stderr, "usage: slow --port P --file FILE [--freeze-first S --freeze-every S --freeze-for S]\n");
    return 2;
  }
  raise_file_limit();
  char *map = map_file(file, HEADER + sizeof(struct record) * MAX_RECORDS);
  counter = (struct counter *)map;
  records = (struct record *)(map + HEADER);
  response_length = snprintf(response, sizeof response,
                             "HTTP/1.1 200 OK\r\nServer: slow\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                             "Connection: keep-alive\r\n\r\n%s",
                             sizeof BODY - 1, BODY);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 65535)) {
    perror("bind");
    return 1;
  }
  int poll = epoll_create1(0);
  timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &e);
  e.data.fd = timer;
  epoll_ctl(poll, EPOLL_CTL_ADD, timer, &e);
  static struct epoll_event ready[1024];
  for (uint32_t id = 1;;) {
    int n = epoll_wait(poll, ready, 1024, -1);
    send_due();
    for (int i = 0; i < n; i++) {
      int fd = ready[i].data.fd;
      if (fd == timer) {
        uint64_t expirations;
        if (read(timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN) perror("timer");
      } else if (fd == listener) {
        int s;
        while ((s = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          struct connection *c = s < MAX_FD ? calloc(1, sizeof *c) : NULL;
          if (!c) {
            close(s);
            continue;
          }
          setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
          c->fd = s;
          c->id = id++;
          connections[s] = c;
          struct epoll_event ce = {.events = EPOLLIN, .data.fd = s};
          epoll_ctl(poll, EPOLL_CTL_ADD, s, &ce);
          counter->accepted++;
          counter->open++;
        }
      } else if (connections[fd]) {
        readable(connections[fd]);
      }
    }
    send_due();
    arm();
  }
}
