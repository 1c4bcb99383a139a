/*
 * Reads what a server streams with one recv per readiness, stamps it and throws it away: the floor
 * of what the probe does.
 *
 * epoll-reader PORT EPOCH_NS WINDOW_START_NS WINDOW_END_NS REQUESTS
 *
 * REQUESTS holds for each connection a line `START_NS REQUEST_BYTES`, by rising start, followed by
 * so many bytes of request. EPOCH_NS is on the monotonic clock, all other times are ns after it.
 * Prints one line of JSON at the end of the window.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_BYTES (64 * 1024)
/* As many as libuv takes at a time. */
#define MAX_EVENTS 1024
/* After the window: streams end in it, and a server that is late must not find nobody there while it still counts. */
#define TAIL_NS 1000000000LL

typedef long long ns;

struct connection {
  int fd;
  int is_asked;
  ns start_ns;
  ns last_read_ns;
  char *request;
  size_t request_bytes;
};

static ns epoch_ns;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static ns now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec - epoch_ns;
}

static ns cpu(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000000000LL + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1000LL;
}

static struct connection *read_requests(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) die(path);
  struct connection *all = NULL;
  ns start_ns;
  size_t bytes;
  *count = 0;
  while (fscanf(file, "%lld %zu", &start_ns, &bytes) == 2) {
    fgetc(file); /* the end of the line */
    all = realloc(all, (*count + 1) * sizeof *all);
    struct connection connection = {.fd = -1, .start_ns = start_ns, .request = malloc(bytes), .request_bytes = bytes};
    if (fread(connection.request, 1, bytes, file) != bytes) die(path);
    all[(*count)++] = connection;
  }
  fclose(file);
  return all;
}

static void open_connection(struct connection *connection, int epoll, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int yes = 1;
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (connection->fd == -1) die("socket");
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) == -1 && errno != EINPROGRESS) die("connect");
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = connection};
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event) == -1) die("epoll_ctl");
}

static void ask(struct connection *connection, int epoll) {
  if (send(connection->fd, connection->request, connection->request_bytes, MSG_NOSIGNAL) != (ssize_t)connection->request_bytes) die("send");
  connection->is_asked = 1;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  if (epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event) == -1) die("epoll_ctl");
}

int main(int argc, char **argv) {
  if (argc != 6) return 2;
  int port = atoi(argv[1]);
  epoch_ns = atoll(argv[2]);
  ns window_start_ns = atoll(argv[3]), window_end_ns = atoll(argv[4]);
  size_t count, opened = 0;
  struct connection *all = read_requests(argv[5], &count);
  int epoll = epoll_create1(0);
  static char buffer[BUFFER_BYTES];
  static struct epoll_event events[MAX_EVENTS];
  ns cpu_at_start = -1, cpu_in_window = -1;
  long long reads = 0, bytes = 0, window_reads = 0, window_bytes = 0;
  for (;;) {
    ns at = now();
    if (cpu_at_start == -1 && at >= window_start_ns) {
      cpu_at_start = cpu();
      reads = bytes = 0;
    }
    if (cpu_in_window == -1 && at >= window_end_ns) {
      cpu_in_window = cpu() - cpu_at_start;
      window_reads = reads;
      window_bytes = bytes;
    }
    if (at >= window_end_ns + TAIL_NS) break;
    while (opened < count && all[opened].start_ns <= at) open_connection(&all[opened++], epoll, port);
    ns next_ns = cpu_at_start == -1 ? window_start_ns : cpu_in_window == -1 ? window_end_ns : window_end_ns + TAIL_NS;
    if (opened < count && all[opened].start_ns < next_ns) next_ns = all[opened].start_ns;
    int ready = epoll_wait(epoll, events, MAX_EVENTS, (int)((next_ns - at) / 1000000) + 1);
    if (ready == -1 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (!connection->is_asked) {
        ask(connection, epoll);
        continue;
      }
      ssize_t got = recv(connection->fd, buffer, sizeof buffer, 0);
      connection->last_read_ns = now();
      if (got > 0) {
        reads++;
        bytes += got;
      } else if (got == 0 || errno != EAGAIN) {
        close(connection->fd);
      }
    }
  }
  printf("{\"cpuNs\":%lld,\"reads\":%lld,\"bytes\":%lld}\n", cpu_in_window, window_reads, window_bytes);
  return 0;
}
