/*
 * crowd N MB: forks N children that wait for connections, of which none comes; one in the middle holds MB megabytes of its own, and says
 * "grown" when it has them. A child that ends is replaced by a small one. Any signal ends a child, so one
 * that is still there has had none.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static const unsigned life_seconds = 300;
static int listener;

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
        accept(listener, NULL, NULL);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    /* Bound to the family alone, it gets a name of its own that is no file. */
    struct sockaddr_un any = {.sun_family = AF_UNIX};
    listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *) &any, sizeof any.sun_family) < 0
        || listen(listener, 8) < 0)
        return 71;
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
