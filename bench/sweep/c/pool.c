/*
 * A pool to look at: this process touches some memory, forks children that share it and do nothing, says "ready", and
 * ends all of them when its standard input ends.
 *
 *   pool CHILDREN MEGABYTES
 *
 * A child waits for the end of a pipe whose other end only this process holds, so it ends with this process however
 * that goes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void wait_for_end_of_file(int fd) {
    char byte;
    while (read(fd, &byte, 1) > 0) {
    }
}

int main(int argc, char **argv) {
    if (argc != 3) {
        fprintf(stderr, "usage: pool CHILDREN MEGABYTES\n");
        return 2;
    }
    int children = atoi(argv[1]);
    size_t bytes = (size_t)atoi(argv[2]) << 20;
    int life_line[2];
    char *shared = malloc(bytes);
    if (shared == NULL || pipe(life_line) != 0) {
        perror("pool");
        return 1;
    }
    memset(shared, 1, bytes);
    for (int i = 0; i < children; i++) {
        pid_t pid = fork();
        if (pid < 0) {
            perror("pool: fork");
            return 1;
        }
        if (pid == 0) {
            close(life_line[1]);
            wait_for_end_of_file(life_line[0]);
            _exit(0);
        }
    }
    printf("ready\n");
    fflush(stdout);
    wait_for_end_of_file(STDIN_FILENO);
    close(life_line[1]);
    while (wait(NULL) > 0) {
    }
    return 0;
}
