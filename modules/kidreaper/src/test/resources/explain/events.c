/*
 * events MB SIBLINGS: fills MB megabytes, forks SIBLINGS children that do nothing, and a worker that
 * does on request what can move a worker's memory. Says "worker PID", then answers each line of
 * standard input with "ok" when it is done:
 *
 *   cow KB      writes to inherited pages, one byte each, none twice
 *   alloc KB    allocates, writes to it, keeps it
 *   frag KB     allocates blocks of 1 KB, frees 7 of 8
 *   churn KB    allocates, writes to it, frees it
 *   huge KB     touches one byte of each 2 MB of new memory that may be in huge pages
 *   file KB     reads a file of that size through a private map
 *   lazy KB     allocates, writes to it, gives it back with MADV_FREE
 *   shm KB      writes to shared memory of its own
 *   siblings    the siblings exit
 *   unmap       siblings exit and the parent lets go of what it had filled
 *
 * It ends with its standard input, or after five minutes.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096
#define HUGE (2UL << 20)

static char *filled;
static size_t filled_bytes;
static size_t cow_at;

static char *fresh(size_t bytes, int flags)
{
    char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        _exit(71);
    madvise(at, bytes, MADV_NOHUGEPAGE);
    return at;
}

static void touch(char *at, size_t bytes, size_t step)
{
    for (size_t i = 0; i < bytes; i += step)
        at[i] = 1;
}

static void cow(size_t bytes)
{
    for (size_t i = 0; i < bytes && cow_at < filled_bytes; i += PAGE, cow_at += PAGE)
        filled[cow_at] = 2;
}

static void frag(size_t bytes)
{
    size_t n = bytes / 1024;
    char **blocks = malloc(n * sizeof *blocks);
    for (size_t i = 0; i < n; i++)
        memset(blocks[i] = malloc(1000), 1, 1000);
    for (size_t i = 0; i < n; i++)
        if (i % 8)
            free(blocks[i]);
    free(blocks);
}

static void huge(size_t bytes)
{
    char *at = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        _exit(71);
    at = (char *) (((size_t) at + HUGE - 1) & ~(HUGE - 1));
    madvise(at, bytes, MADV_HUGEPAGE);
    touch(at, bytes, HUGE);
}

static void file(size_t bytes)
{
    FILE *f = tmpfile();
    char block[1 << 16];
    memset(block, 1, sizeof block);
    for (size_t i = 0; f && i < bytes; i += sizeof block)
        if (fwrite(block, sizeof block, 1, f) != 1)
            _exit(74);
    if (!f || fflush(f))
        _exit(74);
    char *at = mmap(NULL, bytes, PROT_READ, MAP_PRIVATE, fileno(f), 0);
    volatile char sum = 0;
    for (size_t i = 0; i < bytes; i += PAGE)
        sum += at[i];
}

static void event(const char *what, size_t bytes)
{
    if (!strcmp(what, "cow"))
        cow(bytes);
    else if (!strcmp(what, "alloc"))
        touch(fresh(bytes, MAP_PRIVATE), bytes, PAGE);
    else if (!strcmp(what, "frag"))
        frag(bytes);
    else if (!strcmp(what, "churn")) {
        char *at = fresh(bytes, MAP_PRIVATE);
        touch(at, bytes, PAGE);
        munmap(at, bytes);
    } else if (!strcmp(what, "huge"))
        huge(bytes);
    else if (!strcmp(what, "file"))
        file(bytes);
    else if (!strcmp(what, "lazy")) {
        char *at = fresh(bytes, MAP_PRIVATE);
        touch(at, bytes, PAGE);
        madvise(at, bytes, MADV_FREE);
    } else if (!strcmp(what, "shm"))
        touch(fresh(bytes, MAP_SHARED), bytes, PAGE);
    else
        _exit(64);
}

static void worker(FILE *commands)
{
    char line[64], what[16];
    unsigned long kilobytes;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(300);
    while (fgets(line, sizeof line, commands)) {
        if (sscanf(line, "%15s %lu", what, &kilobytes) != 2)
            _exit(64);
        event(what, kilobytes << 10);
        puts("ok");
        fflush(stdout);
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    alarm(300);
    int siblings = atoi(argv[2]), pipes[2];
    pid_t pids[64];
    filled_bytes = (size_t) atol(argv[1]) << 20;
    filled = fresh(filled_bytes, MAP_PRIVATE);
    touch(filled, filled_bytes, PAGE);
    if (siblings > 64 || pipe(pipes))
        return 71;
    for (int i = 0; i < siblings; i++)
        if (!(pids[i] = fork())) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            alarm(300);
            for (;;)
                pause();
        }
    pid_t pid = fork();
    if (!pid) {
        close(pipes[1]);
        worker(fdopen(pipes[0], "r"));
    }
    printf("worker %d\n", pid);
    fflush(stdout);
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        int unmap = !strncmp(line, "unmap", 5);
        if (!unmap && strncmp(line, "siblings", 8)) {
            if (write(pipes[1], line, strlen(line)) < 0)
                return 74;
            continue;
        }
        for (int i = 0; i < siblings; i++) {
            kill(pids[i], SIGKILL);
            waitpid(pids[i], NULL, 0);
        }
        siblings = 0;
        if (unmap)
            munmap(filled, filled_bytes);
        puts("ok");
        fflush(stdout);
    }
    kill(pid, SIGKILL);
    return 0;
}
