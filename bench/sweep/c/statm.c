/*
 * The plain way to read a pool, for comparison: list the manager's children, then open, read and close each one's
 * statm.
 *
 *   statm MANAGER_PID
 *
 * For each line of standard input it sweeps once and prints the children read and the nanoseconds it took.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LIST_BYTES = 1 << 20 };

static char list[LIST_BYTES];

static long nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000L + now.tv_nsec;
}

/* The list may be longer than what the kernel gives in one read. */
static int read_list(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    size_t length = 0;
    ssize_t got;
    while (length < sizeof list - 1 && (got = read(fd, list + length, sizeof list - 1 - length)) > 0) {
        length += (size_t)got;
    }
    close(fd);
    list[length] = '\0';
    return 1;
}

static int read_statm(const char *path, unsigned long *pages) {
    char line[192];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return 0;
    }
    ssize_t got = read(fd, line, sizeof line - 1);
    close(fd);
    if (got <= 0) {
        return 0;
    }
    line[got] = '\0';
    char *second;
    *pages += strtoul(line, &second, 10);
    *pages += strtoul(second, NULL, 10);
    return 1;
}

static int sweep(long manager, unsigned long *pages) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", manager, manager);
    if (!read_list(path)) {
        return 0;
    }
    int seen = 0;
    char *at = list;
    for (char *end;; at = end) {
        long pid = strtol(at, &end, 10);
        if (end == at) {
            return seen;
        }
        snprintf(path, sizeof path, "/proc/%ld/statm", pid);
        seen += read_statm(path, pages);
    }
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: statm MANAGER_PID\n");
        return 2;
    }
    long manager = atol(argv[1]);
    unsigned long pages = 0;
    char turn[16];
    while (fgets(turn, sizeof turn, stdin) != NULL) {
        long start = nanos();
        int seen = sweep(manager, &pages);
        printf("%d %ld\n", seen, nanos() - start);
        fflush(stdout);
    }
    return pages == 1; /* keeps the sums from being optimised away */
}
