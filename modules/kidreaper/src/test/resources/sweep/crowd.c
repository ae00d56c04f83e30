/*
 * crowd N MB: forks N children that wait; one in the middle holds MB megabytes of its own, and says
 * "grown" when it has them. A child that ends is replaced by a small one. Any signal ends a child, so one
 * that is still there has had none.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const unsigned life_seconds = 300;

static void begin(long megabytes)
{
    pid_t pid = fork();
    if (pid > 0)
        return;
    if (pid < 0)
        _exit(71);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (megabytes > 0) {
        size_t bytes = (size_t) megabytes << 20;
        if (mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0)
            == MAP_FAILED)
            _exit(71);
        if (write(STDOUT_FILENO, "grown\n", 6) != 6)
            _exit(74);
    }
    alarm(life_seconds);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    long children = strtol(argv[1], NULL, 10);
    for (long i = 0; i < children; i++)
        begin(i == children / 2 ? strtol(argv[2], NULL, 10) : 0);
    alarm(life_seconds);
    for (;;) {
        if (wait(NULL) > 0)
            begin(0);
        else if (errno == ECHILD)
            return 0;
    }
}
