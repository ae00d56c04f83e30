/*
 * stall MB SECONDS: fills MB megabytes, says its pid, then maps and unmaps a page again and again, and at the end says how long the
 * slowest of these took: while its maps are read, it waits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    size_t bytes = (size_t) atol(argv[1]) << 20;
    char *filled = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (filled == MAP_FAILED)
        return 71;
    madvise(filled, bytes, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < bytes; i += 4096)
        filled[i] = 1;
    printf("%d\n", getpid());
    fflush(stdout);
    double end = now() + atof(argv[2]) * 1e3, slowest = 0;
    for (double before = now(); before < end; before = now()) {
        char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        page[0] = 1;
        munmap(page, 4096);
        double took = now() - before;
        if (took > slowest)
            slowest = took;
        usleep(200);
    }
    printf("slowest map, touch and unmap: %.2f ms\n", slowest);
    return 0;
}
