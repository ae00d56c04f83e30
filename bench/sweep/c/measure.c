/*
 * Runs a command once, its output thrown away, and prints what it took: nanoseconds from start to end, microseconds of
 * CPU time (user and system, its children's included), the most memory in RAM in kilobytes (the greatest of the
 * command and its children), and its exit status.
 *
 *   measure COMMAND ARGUMENT...
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

static long micros(struct timeval time) {
    return time.tv_sec * 1000000L + time.tv_usec;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: measure COMMAND ARGUMENT...\n");
        return 2;
    }
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    long start = nanos();
    pid_t pid;
    int error = posix_spawnp(&pid, argv[1], &files, NULL, argv + 1, environ);
    if (error != 0) {
        fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(error));
        return 1;
    }
    int status;
    struct rusage used;
    if (wait4(pid, &status, 0, &used) != pid) {
        perror("measure: wait4");
        return 1;
    }
    long end = nanos();
    printf("%ld %ld %ld %d\n", end - start, micros(used.ru_utime) + micros(used.ru_stime), used.ru_maxrss,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}
