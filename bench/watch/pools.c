// pools POOLS WORKERS DIR: so many prefork pools, each with a listening socket of its own and a pidfile DIR/N.pid. Workers
// wait for connections, of which none comes, and have 2 MB of their own. A worker that gets USR1 takes 100 MB more, one that
// gets HUP leaves, and its manager starts another. All end when this program's standard input does.
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t leave, grow;
static void on_hup(int s) { (void)s; leave = 1; }
static void on_usr1(int s) { (void)s; grow = 1; }

static char *volatile taken; // or the compiler would see that nobody needs it

static void take(size_t bytes) {
  taken = malloc(bytes);
  if (taken) memset(taken, 1, bytes);
}

static void work(int listener) {
  struct sigaction hup = {.sa_handler = on_hup}, usr1 = {.sa_handler = on_usr1};
  sigaction(SIGHUP, &hup, 0);
  sigaction(SIGUSR1, &usr1, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  take(2 << 20);
  while (!leave) {
    if (grow) { grow = 0; take(100 << 20); }
    int connection = accept(listener, 0, 0);
    if (connection >= 0) close(connection);
  }
  _exit(0);
}

static void manage(int number, int workers, const char *dir) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/%d.sock", dir, number);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 8)) _exit(1);
  char path[200];
  snprintf(path, sizeof path, "%s/%d.pid", dir, number);
  FILE *file = fopen(path, "w");
  fprintf(file, "%d\n", getpid());
  fclose(file);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < workers; i++)
    if (!fork()) work(listener);
  while (wait(0) > 0)
    if (!fork()) work(listener);
  _exit(0);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  for (int i = 0; i < atoi(argv[1]); i++)
    if (!fork()) manage(i, atoi(argv[2]), argv[3]);
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  return 0;
}
