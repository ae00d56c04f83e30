// A server on descriptor 0, to be held and forked: template WAIT [option...]
//
// WAIT     accept accept4 poll ppoll select pselect6 epoll
// options  thread    a second thread that does nothing, made before the first wait
//          gone      a second thread that has ended before the first wait
//          child     a process of its own that does nothing
//          quiet     its output goes to /dev/null
//          copies    descriptor 9 is a copy of its standard error, close-on-exec
//          wanders   a handler of SIGUSR1 that does not return
//
// To each connection it says: its pid, the pid that the C library takes itself for (as the owner of
// a mutex), whether a robust list is registered, and how many signals SIGUSR1 it has had.
// Then it says the same to its log.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile sig_atomic_t signals;
static sigjmp_buf start;
static int wanders;

static void on_usr1(int number)
{
    (void)number;
    signals++;
    if (wanders)
        siglongjmp(start, 1);
}

static void *sleeper(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static void *nothing(void *unused) { return unused; }

static void await(const char *way, int epoll)
{
    struct pollfd fd = {.fd = 0, .events = POLLIN};
    struct epoll_event event;
    fd_set set;
    FD_ZERO(&set);
    FD_SET(0, &set);
    if (!strcmp(way, "poll"))
        poll(&fd, 1, 60000);
    else if (!strcmp(way, "ppoll"))
        ppoll(&fd, 1, NULL, NULL);
    else if (!strcmp(way, "select"))
        syscall(SYS_select, 1, &set, NULL, NULL, NULL);
    else if (!strcmp(way, "pselect6"))
        pselect(1, &set, NULL, NULL, NULL, NULL);
    else if (!strcmp(way, "epoll"))
        epoll_wait(epoll, &event, 1, -1);
}

int main(int count, char **words)
{
    pthread_t thread;
    const char *way = words[1];
    int epoll = -1;
    for (int i = 2; i < count; i++) {
        if (!strcmp(words[i], "thread"))
            pthread_create(&thread, NULL, sleeper, NULL);
        if (!strcmp(words[i], "gone")) {
            pthread_create(&thread, NULL, nothing, NULL);
            pthread_join(thread, NULL);
        }
        if (!strcmp(words[i], "child") && !fork())
            for (;;)
                pause();
        if (!strcmp(words[i], "quiet")) {
            int null = open("/dev/null", O_WRONLY);
            dup2(null, 1);
            dup2(null, 2);
            close(null);
        }
        if (!strcmp(words[i], "copies"))
            dup3(2, 9, O_CLOEXEC);
        if (!strcmp(words[i], "wanders"))
            wanders = 1;
    }
    struct sigaction action = {.sa_handler = on_usr1};
    sigaction(SIGUSR1, &action, NULL);
    if (!strcmp(way, "epoll")) {
        struct epoll_event event = {.events = EPOLLIN};
        epoll = epoll_create1(0);
        epoll_ctl(epoll, EPOLL_CTL_ADD, 0, &event);
    }
    if (strcmp(way, "accept") && strcmp(way, "accept4"))
        fcntl(0, F_SETFL, O_NONBLOCK); // so that many may wait for the one connection
    sigsetjmp(start, 1);
    for (;;) {
        await(way, epoll);
        int connection = strcmp(way, "accept4") ? accept(0, NULL, NULL)
                                                : accept4(0, NULL, NULL, SOCK_CLOEXEC);
        if (connection < 0)
            continue;
        pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        pthread_mutex_lock(&mutex);
        int owner = mutex.__data.__owner;
        pthread_mutex_unlock(&mutex);
        void *head = NULL;
        size_t length = 0;
        syscall(SYS_get_robust_list, 0, &head, &length);
        char answer[80];
        int bytes = snprintf(answer, sizeof answer, "%d %d %s %d\n", (int)getpid(), owner,
                             head ? "robust" : "frail", (int)signals);
        if (write(connection, answer, bytes) == bytes && write(1, answer, bytes) == bytes)
            write(fcntl(9, F_GETFD) == FD_CLOEXEC ? 9 : 2, answer, bytes);
        close(connection);
    }
}
