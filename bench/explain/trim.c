/* What malloc_trim(0) gives back: private KB with 64 MB of small blocks freed, all but the last, before and after. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long private_kb(void)
{
    char line[256];
    long kb = 0, v;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Private_%*[^:]: %ld", &v) == 1)
            kb += v;
    if (f)
        fclose(f);
    return kb;
}

int main(void)
{
    enum { N = 65536 };
    static char *blocks[N];
    for (int i = 0; i < N; i++)
        memset(blocks[i] = malloc(1000), 1, 1000);
    for (int i = 0; i < N - 1; i++)
        free(blocks[i]);
    long before = private_kb();
    malloc_trim(0);
    printf("malloc_trim: private %ld KB before, %ld KB after\n", before, private_kb());
    return 0;
}
