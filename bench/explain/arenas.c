/* What MALLOC_ARENA_MAX saves: private KB after 16 threads have each allocated and freed 8 MB of small blocks, all but one in 64. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *work(void *unused)
{
    (void) unused;
    enum { N = 8192 };
    char *blocks[N];
    for (int i = 0; i < N; i++)
        memset(blocks[i] = malloc(1000), 1, 1000);
    for (int i = 0; i < N; i++)
        if (i % 64)
            free(blocks[i]);
    return NULL;
}

int main(void)
{
    pthread_t threads[16];
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 16; i++)
            pthread_create(&threads[i], NULL, work, NULL);
        for (int i = 0; i < 16; i++)
            pthread_join(threads[i], NULL);
    }
    char line[256];
    long kb = 0, v;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Private_%*[^:]: %ld", &v) == 1)
            kb += v;
    printf("MALLOC_ARENA_MAX=%s: private %ld KB\n", getenv("MALLOC_ARENA_MAX") ? getenv("MALLOC_ARENA_MAX") : "unset", kb);
    return 0;
}
