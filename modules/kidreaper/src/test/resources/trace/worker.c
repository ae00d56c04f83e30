// A small prefork server to be traced, and a load for it. Every way of waiting, every kind of socket.
//
//   worker serve ADDRESS WAIT [option...]   a manager that keeps the workers alive
//   worker load  ADDRESS CLIENTS REQUESTS MILLIS   requests from so many processes at a time
//   worker hold  ADDRESS                    one connection that says nothing
//   worker trace PID                        another tracer, until its end
//
// ADDRESS  unix:PATH  abstract:NAME  tcp4:IP:PORT  tcp6:IP:PORT   (port 0: any; reported)
// WAIT     accept accept4 poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2
// options  workers=N threads=N nonblock keepalive loop calls=N busy=MICROS
//          term=flag|restart|default|ignore (what SIGTERM does)
//          newborn=HOW:MS (before it handles signals and waits for requests, it waits for something else)
//          after=HOW:MS (so it does after each answer, with the connection closed, and says "finished PID")
//          in=epoll (what it polls or selects is an epoll set with the listener)  limit=MS (of a poll)
// HOW      sleep poll select epoll spin
//
// The manager prints "listening ADDRESS" and "worker PID" for each worker; the workers die with it.
// A request is one line; its answer is "PID LINE". With keepalive a connection stays open for more.
// Some lines do something first: sleep MS, vfork MS, exec, fork, thread, stop, exit.
//
// Signals are handled as badly as a server may: a request whose reading is interrupted is dropped.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t leaving;
static int listener, epoll_fd = -1, calls, busy_micros, keepalive, loop, limit = -1, within_epoll;
static const char *way, *newborn, *after;

static void die(const char *what) { perror(what); exit(70); }
static void on_term(int signal) { (void)signal; leaving = 1; }

static void pause_millis(long millis) {
  struct timespec time = {millis / 1000, millis % 1000 * 1000000};
  while (nanosleep(&time, &time) < 0 && errno == EINTR) {}
}

// ---- addresses

static socklen_t address_of(const char *text, struct sockaddr_storage *to) {
  memset(to, 0, sizeof *to);
  if (!strncmp(text, "unix:", 5) || !strncmp(text, "abstract:", 9)) {
    struct sockaddr_un *un = (void *)to;
    int abstract = text[0] == 'a';
    const char *name = strchr(text, ':') + 1;
    un->sun_family = AF_UNIX;
    // An abstract name gets a zero byte and a newline inside, as nothing forbids it.
    if (!abstract) { strcpy(un->sun_path, name); return sizeof *un; }
    int length = snprintf(un->sun_path + 1, sizeof un->sun_path - 1, "%s-\n-x", name);
    un->sun_path[1 + length - 2] = 0;
    return offsetof(struct sockaddr_un, sun_path) + 1 + length;
  }
  char host[64];
  const char *colon = strrchr(text, ':');
  snprintf(host, sizeof host, "%.*s", (int)(colon - text - 5), text + 5);
  if (text[3] == '4') {
    struct sockaddr_in *in = (void *)to;
    in->sin_family = AF_INET;
    in->sin_port = htons(atoi(colon + 1));
    inet_pton(AF_INET, host, &in->sin_addr);
    return sizeof *in;
  }
  struct sockaddr_in6 *in6 = (void *)to;
  in6->sin6_family = AF_INET6;
  in6->sin6_port = htons(atoi(colon + 1));
  inet_pton(AF_INET6, host, &in6->sin6_addr);
  return sizeof *in6;
}

static void open_listener(const char *text, int nonblock) {
  struct sockaddr_storage address;
  socklen_t length = address_of(text, &address);
  int one = 1;
  listener = socket(address.ss_family, SOCK_STREAM | (nonblock ? SOCK_NONBLOCK : 0), 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (void *)&address, length) || listen(listener, 512)) die("listen");
  if (text[0] != 't') {
    printf("listening %s\n", text);
  } else {
    getsockname(listener, (void *)&address, &length);
    printf("listening %.*s:%d\n", (int)(strrchr(text, ':') - text), text,
           ntohs(text[3] == '4' ? ((struct sockaddr_in *)&address)->sin_port
                                : ((struct sockaddr_in6 *)&address)->sin6_port));
  }
  fflush(stdout);
}

// ---- one request

static int vforked(long millis) {
  struct timespec time = {millis / 1000, millis % 1000 * 1000000};
  pid_t child = vfork();
  if (child == 0) { nanosleep(&time, 0); _exit(0); }
  waitpid(child, 0, 0);
  return 0;
}

static void spin(long micros) {
  struct timespec from, now;
  clock_gettime(CLOCK_MONOTONIC, &from);
  do clock_gettime(CLOCK_MONOTONIC, &now);
  while ((now.tv_sec - from.tv_sec) * 1000000 + (now.tv_nsec - from.tv_nsec) / 1000 < micros);
}

// Waits, so long, for what never comes: HOW:MS.
static void wait_otherwise(const char *what) {
  long millis = atol(strchr(what, ':') + 1);
  struct timeval time = {millis / 1000, millis % 1000 * 1000};
  struct epoll_event event = {.events = EPOLLIN};
  int pipes[2], set = epoll_create1(0);
  if (pipe(pipes)) die("pipe");
  epoll_ctl(set, EPOLL_CTL_ADD, pipes[0], &event);
  struct pollfd fds[2] = {{pipes[0], POLLIN, 0}, {listener, 0, 0}}; // the listener's errors only
  fd_set reads;
  FD_ZERO(&reads);
  FD_SET(pipes[0], &reads);
  if (!strncmp(what, "sleep", 5)) pause_millis(millis);
  if (!strncmp(what, "spin", 4)) spin(millis * 1000);
  if (!strncmp(what, "poll", 4)) poll(fds, 2, millis);
  if (!strncmp(what, "select", 6)) select(pipes[0] + 1, &reads, 0, 0, &time);
  if (!strncmp(what, "epoll", 5)) epoll_wait(set, &event, 1, millis);
  close(pipes[0]);
  close(pipes[1]);
  close(set);
}

static void *idle_thread(void *unused) { (void)unused; for (;;) pause(); return 0; }

static void work(const char *line) {
  if (!strncmp(line, "sleep ", 6)) pause_millis(atol(line + 6));
  if (!strncmp(line, "vfork ", 6)) vforked(atol(line + 6));
  if (!strcmp(line, "stop")) raise(SIGSTOP);
  if (!strcmp(line, "exit")) _exit(3);
  if (!strcmp(line, "exec")) execl("/bin/sleep", "sleep", "60", (char *)0);
  if (!strcmp(line, "fork") && fork() == 0) { close(listener); pause_millis(300); _exit(0); }
  if (!strcmp(line, "thread")) { pthread_t thread; pthread_create(&thread, 0, idle_thread, 0); }
  if (calls) {
    int zero = open("/dev/zero", O_RDONLY), null = open("/dev/null", O_WRONLY);
    char byte;
    for (int i = 0; i < calls / 2; i++) {
      if (read(zero, &byte, 1) != 1 || write(null, &byte, 1) != 1) die("calls");
    }
    close(zero);
    close(null);
  }
  if (busy_micros) spin(busy_micros);
}

// Whether a call was interrupted by this program's own nudge, not by a signal from outside: the call is
// made again. From outside it counts as broken, since that is what the tests are looking for.
static __thread volatile sig_atomic_t nudged;
static void on_nudge(int unused) { (void)unused; nudged = 1; }
static int nudge(void) {
  int was = errno == EINTR && nudged;
  nudged = 0;
  return was;
}

// One line from a connection: its length, 0 at the end, -1 where it was interrupted or broken.
static int read_line(int connection, char *line, int size) {
  int length = 0;
  while (length < size - 1) {
    int got = read(connection, line + length, size - 1 - length);
    if (got < 0 && nudge()) continue;
    if (got <= 0) return got;
    length += got;
    if (line[length - 1] == '\n') { line[length - 1] = 0; return length; }
  }
  return -1;
}

// False when the connection is done with.
static int serve_one(int connection) {
  char line[256], answer[320];
  if (read_line(connection, line, sizeof line) <= 0) return 0;
  work(line);
  int length = snprintf(answer, sizeof answer, "%d %s\n", getpid(), line);
  for (int at = 0; at < length;) {
    int put = write(connection, answer + at, length - at);
    if (put < 0 && nudge()) continue;
    if (put < 0) return 0;
    at += put;
  }
  return keepalive;
}

// ---- waiting

// Waits until the listener, or one of the others, is readable.
static int wait_readable(struct pollfd *fds, int count) {
  struct pollfd set = {epoll_fd, POLLIN, 0}, *array = fds;
  if (within_epoll) { fds[0].revents = POLLIN; array = &set; }
  if (!strcmp(way, "poll")) return poll(array, count, limit);
  if (!strcmp(way, "ppoll")) return ppoll(fds, count, 0, 0);
  if (!strcmp(way, "select") || !strcmp(way, "pselect6")) {
    fd_set reads;
    int most = 0;
    FD_ZERO(&reads);
    for (int i = 0; i < count; i++) {
      FD_SET(array[i].fd, &reads);
      if (array[i].fd > most) most = array[i].fd;
    }
    // The bare calls: a C library may make one of the other.
    int ready = way[0] == 's' ? syscall(SYS_select, most + 1, &reads, 0, 0, 0)
                              : syscall(SYS_pselect6, most + 1, &reads, 0, 0, 0, 0);
    for (int i = 0; i < count && ready > 0 && !within_epoll; i++) fds[i].revents = FD_ISSET(fds[i].fd, &reads) ? POLLIN : 0;
    return ready;
  }
  struct epoll_event events[64];
  int ready = !strcmp(way, "epoll_wait")  ? syscall(SYS_epoll_wait, epoll_fd, events, 64, -1)
              : !strcmp(way, "epoll_pwait") ? syscall(SYS_epoll_pwait, epoll_fd, events, 64, -1, 0, 8)
                                            : syscall(SYS_epoll_pwait2, epoll_fd, events, 64, 0, 0, 8);
  for (int i = 0; i < count && ready > 0; i++) {
    fds[i].revents = 0;
    for (int j = 0; j < ready; j++)
      if (events[j].data.fd == fds[i].fd) fds[i].revents = POLLIN;
  }
  return ready;
}

static void watch(int fd) {
  struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
  if (epoll_fd >= 0) epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

// An accept that fails for another reason than these ends the worker with 71: it must not happen.
static int take(void) {
  int connection =
      !strcmp(way, "accept4") ? accept4(listener, 0, 0, SOCK_CLOEXEC) : accept(listener, 0, 0);
  if (connection < 0 && errno != EINTR && errno != EAGAIN) { perror("accept"); _exit(71); }
  return connection;
}

static int waits_in_accept(void) { return !strncmp(way, "accept", 6); }

// Takes one connection at a time, and serves it to its end.
static void *one_at_a_time(void *unused) {
  (void)unused;
  while (!leaving) {
    struct pollfd wait = {listener, POLLIN, 0};
    if (!waits_in_accept() && wait_readable(&wait, 1) <= 0) continue;
    int connection = take();
    if (connection < 0) continue;
    while (serve_one(connection)) {}
    close(connection);
    if (after) {
      wait_otherwise(after);
      char said[32];
      int length = sprintf(said, "finished %d\n", getpid());
      if (write(1, said, length) != length) die("say");
    }
  }
  return 0;
}

// Serves all connections from one loop.
static void event_loop(void) {
  struct pollfd fds[64] = {{listener, POLLIN, 0}};
  int count = 1;
  while (!leaving || count > 1) {
    if (wait_readable(fds, count) <= 0) continue;
    for (int i = count - 1; i >= 1; i--) {
      if (fds[i].revents && !serve_one(fds[i].fd)) {
        close(fds[i].fd);
        fds[i] = fds[--count];
      }
    }
    if (fds[0].revents && count < 64) {
      int connection = take();
      if (connection >= 0) {
        fds[count++] = (struct pollfd){connection, POLLIN, 0};
        watch(connection);
      }
    }
  }
}

static void worker(const char *term, int threads) {
  if (newborn) wait_otherwise(newborn);
  struct sigaction action = {.sa_handler = on_term};
  if (!strcmp(term, "restart")) action.sa_flags = SA_RESTART;
  if (!strcmp(term, "default")) action.sa_handler = SIG_DFL;
  if (!strcmp(term, "ignore")) action.sa_handler = SIG_IGN;
  sigaction(SIGTERM, &action, 0);
  struct sigaction nudging = {.sa_handler = on_nudge};
  sigaction(SIGURG, &nudging, 0);
  if (within_epoll || !strncmp(way, "epoll", 5)) { epoll_fd = epoll_create1(0); watch(listener); }
  pthread_t others[16];
  for (int i = 1; i < threads; i++) pthread_create(&others[i], 0, one_at_a_time, 0);
  if (loop) event_loop(); else one_at_a_time(0);
  // Again and again: the first may come just before the thread blocks.
  for (int i = 1; i < threads; i++)
    while (pthread_tryjoin_np(others[i], 0) == EBUSY) pthread_kill(others[i], SIGURG), pause_millis(1);
  exit(0);
}

// ---- the manager

static pid_t start_worker(const char *term, int threads, const sigset_t *mask) {
  pid_t manager = getpid(), child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != manager) _exit(0);
    sigprocmask(SIG_SETMASK, mask, 0);
    worker(term, threads);
  }
  printf("worker %d\n", child);
  fflush(stdout);
  return child;
}

static int serve(int argc, char **argv) {
  int workers = 1, threads = 1, nonblock = 0;
  const char *term = "flag";
  way = argv[3];
  for (int i = 4; i < argc; i++) {
    if (!strncmp(argv[i], "workers=", 8)) workers = atoi(argv[i] + 8);
    if (!strncmp(argv[i], "threads=", 8)) threads = atoi(argv[i] + 8);
    if (!strncmp(argv[i], "calls=", 6)) calls = atoi(argv[i] + 6);
    if (!strncmp(argv[i], "busy=", 5)) busy_micros = atoi(argv[i] + 5);
    if (!strncmp(argv[i], "term=", 5)) term = argv[i] + 5;
    if (!strncmp(argv[i], "newborn=", 8)) newborn = argv[i] + 8;
    if (!strncmp(argv[i], "after=", 6)) after = argv[i] + 6;
    if (!strncmp(argv[i], "limit=", 6)) limit = atoi(argv[i] + 6);
    if (!strcmp(argv[i], "in=epoll")) within_epoll = 1;
    if (!strcmp(argv[i], "nonblock")) nonblock = 1;
    if (!strcmp(argv[i], "keepalive")) keepalive = 1;
    if (!strcmp(argv[i], "loop")) loop = 1;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL); // its own end must not depend on the test's manners
  signal(SIGPIPE, SIG_IGN);
  open_listener(argv[2], nonblock);
  sigset_t mask;
  sigprocmask(SIG_SETMASK, 0, &mask);
  for (int i = 0; i < workers; i++) start_worker(term, threads, &mask);
  for (;;) {
    int status;
    pid_t gone = wait(&status);
    if (gone < 0) return 0;
    if (WIFSIGNALED(status)) printf("ended %d signal %d\n", gone, WTERMSIG(status));
    else printf("ended %d exit %d\n", gone, WEXITSTATUS(status));
    fflush(stdout);
    start_worker(term, threads, &mask);
  }
}

// ---- the load

// Sends one request; 1 if its whole answer came.
static int request(const char *address_text, int number) {
  struct sockaddr_storage address;
  socklen_t length = address_of(address_text, &address);
  char line[64], answer[128] = "", expected[80];
  int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), at = 0, got;
  while (connect(fd, (void *)&address, length) < 0)
    if (errno == EAGAIN || errno == EINTR) pause_millis(1); else die("connect");
  int size = sprintf(line, "request-%d-%d\n", getpid(), number);
  snprintf(expected, sizeof expected, " %s", line);
  if (write(fd, line, size) == size)
    while (at < (int)sizeof answer - 1 && (got = read(fd, answer + at, sizeof answer - 1 - at)) > 0) {
      at += got;
      if (answer[at - 1] == '\n') break;
    }
  close(fd);
  char *space = strchr(answer, ' ');
  return space && !strcmp(space, expected);
}

static int load(char **argv) {
  int clients = atoi(argv[3]), requests = atoi(argv[4]), sums[2] = {0, 0}, pipes[2];
  struct timespec from, now;
  clock_gettime(CLOCK_MONOTONIC, &from);
  signal(SIGPIPE, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (pipe(pipes)) die("pipe");
  for (int i = 0; i < clients; i++) {
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      int counts[2] = {0, 0};
      for (int n = 0; n < requests; n++) {
        counts[!request(argv[2], n)]++;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if ((now.tv_sec - from.tv_sec) * 1000 + (now.tv_nsec - from.tv_nsec) / 1000000 > atol(argv[5])) break;
      }
      _exit(write(pipes[1], counts, sizeof counts) != sizeof counts);
    }
  }
  close(pipes[1]);
  for (int counts[2]; read(pipes[0], counts, sizeof counts) == sizeof counts;)
    sums[0] += counts[0], sums[1] += counts[1];
  while (wait(0) > 0) {}
  printf("answered %d lost %d\n", sums[0], sums[1]);
  return 0;
}

_Noreturn static void hold(const char *to) {
  struct sockaddr_storage address;
  socklen_t length = address_of(to, &address);
  int fd = socket(address.ss_family, SOCK_STREAM, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (connect(fd, (void *)&address, length)) die("connect");
  for (;;) pause();
}

_Noreturn static void trace(pid_t pid) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (ptrace(PTRACE_SEIZE, pid, 0, 0)) die("seize");
  printf("tracing %d\n", pid);
  fflush(stdout);
  for (;;) pause();
}

int main(int argc, char **argv) {
  if (argc >= 4 && !strcmp(argv[1], "serve")) return serve(argc, argv);
  if (argc == 6 && !strcmp(argv[1], "load")) return load(argv);
  if (argc == 3 && !strcmp(argv[1], "hold")) hold(argv[2]);
  if (argc == 3 && !strcmp(argv[1], "trace")) trace(atoi(argv[2]));
  fprintf(stderr, "see the head of worker.c\n");
  return 64;
}
