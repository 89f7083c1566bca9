/*
 * fast PORT FILE [share]: the cheapest server there is to measure clients with. One thread, epoll, one recv and one send a request,
 * the same answer always. It only looks for the blank line that ends a request head, so it serves GET and nothing else.
 * What it counted stands in FILE (counter.h). Listens on 127.0.0.1; with "share" others like it may listen on the same port, and the
 * kernel deals connections among them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "counter.h"

#define MAX_FD 65536
#define MAX_PIPELINED 64

static const char END[] = "\r\n\r\n";
static unsigned char matched[MAX_FD]; /* bytes of END seen at the end of the last recv */

/* Ends of request heads in b, where the bytes before b may hold the beginning of one. */
static int ends(int fd, const char *b, size_t n) {
  int found = 0;
  unsigned m = matched[fd];
  const char *p = b, *limit = b + n;
  while (m && p < limit) {
    m = *p == END[m] ? m + 1 : *p == END[0] ? 1 : 0;
    p++;
    if (m == 4) {
      found++;
      m = 0;
    }
  }
  if (p < limit) {
    const char *e;
    while ((e = memmem(p, limit - p, END, 4))) {
      found++;
      p = e + 4;
    }
    for (m = limit - p < 3 ? limit - p : 3; m && memcmp(limit - m, END, m); m--) {
    }
  }
  matched[fd] = m;
  return found;
}

int main(int argc, char **argv) {
  if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "share"))) {
    fprintf(stderr, "usage: fast PORT FILE [share]\n");
    return 2;
  }
  raise_file_limit();
  struct counter *counter = map_file(argv[2], HEADER);
  static char answers[512 * MAX_PIPELINED];
  char one[512];
  int length = snprintf(one, sizeof one,
                        "HTTP/1.1 200 OK\r\nServer: fast\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\nConnection: keep-alive\r\n\r\n%s",
                        sizeof BODY - 1, BODY);
  for (int i = 0; i < MAX_PIPELINED; i++) memcpy(answers + i * length, one, length);

  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (argc == 4) setsockopt(listener, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 65535)) {
    perror("bind");
    return 1;
  }
  int poll = epoll_create1(0);
  struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poll, EPOLL_CTL_ADD, listener, &e);
  static struct epoll_event ready[1024];
  static char buffer[65536];
  for (;;) {
    int n = epoll_wait(poll, ready, 1024, -1);
    for (int i = 0; i < n; i++) {
      int fd = ready[i].data.fd;
      if (fd == listener) {
        int c;
        while ((c = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
          if (c >= MAX_FD) {
            close(c);
            continue;
          }
          setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
          matched[c] = 0;
          struct epoll_event ce = {.events = EPOLLIN, .data.fd = c};
          epoll_ctl(poll, EPOLL_CTL_ADD, c, &ce);
          counter->accepted++;
          counter->open++;
        }
        continue;
      }
      ssize_t got = recv(fd, buffer, sizeof buffer, 0);
      if (got < 0 && errno == EAGAIN) continue;
      int q = got > 0 ? ends(fd, buffer, got) : 0;
      if (q && !counter->first_request_ns) counter->first_request_ns = now_ns();
      /* A client that pipelines more than fits, or does not read, is none we measure. */
      if (got <= 0 || q > MAX_PIPELINED || (q && send(fd, answers, (size_t)length * q, MSG_NOSIGNAL) != (ssize_t)length * q)) {
        close(fd);
        counter->open--;
        continue;
      }
      counter->requests += q;
    }
  }
}
