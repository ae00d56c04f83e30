/* What switching huge pages off saves a program that touches one byte in each 2 MB of 128 MB: private KB. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>

int main(int argc, char **argv)
{
    (void) argv;
    if (argc > 1)
        prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    size_t bytes = 130UL << 20;
    char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    at = (char *) (((size_t) at + (2UL << 20) - 1) & ~((2UL << 20) - 1));
    madvise(at, 128UL << 20, MADV_HUGEPAGE);
    for (size_t i = 0; i < 128UL << 20; i += 2UL << 20)
        at[i] = 1;
    char line[256];
    long kb = 0, v;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "Private_%*[^:]: %ld", &v) == 1)
            kb += v;
    printf("huge pages %s: private %ld KB\n", argc > 1 ? "off" : "on", kb);
    return 0;
}
