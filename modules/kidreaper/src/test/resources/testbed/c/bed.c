/*
 * The FastCGI application in C: libfcgi's accept loop on descriptor 0 and nothing around it.
 * Route.java says what each answer has to be. It is executed by its manager, not forked after
 * loading, so there is no /unshare.
 */
#include <fcgiapp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint32_t multiplier = 2654435761u;

static unsigned long number(const char *query, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = query; at; at = strchr(at, '&') ? strchr(at, '&') + 1 : NULL)
        if (!strncmp(at, name, length) && at[length] == '=')
            return strtoul(at + length + 1, NULL, 10);
    return 0;
}

static void head(FCGX_Stream *out, size_t length)
{
    FCGX_FPrintF(out,
                 "Content-Type: application/octet-stream\r\nContent-Length: %lu\r\n\r\n",
                 (unsigned long)length);
}

static void text(FCGX_Stream *out, const char *answer)
{
    head(out, strlen(answer));
    FCGX_PutS(answer, out);
}

static void echo(FCGX_Stream *out, size_t bytes, uint32_t seed)
{
    head(out, bytes);
    for (size_t i = 0; i < bytes; i++) {
        uint32_t word = seed + (uint32_t)(i / 4) * multiplier;
        FCGX_PutChar((int)(word >> (24 - 8 * (i % 4)) & 0xff), out);
    }
}

static void stream(FCGX_Stream *out, unsigned long chunks, unsigned long millis)
{
    struct timespec pause = {(time_t)(millis / 1000), (long)(millis % 1000) * 1000000};
    FCGX_PutS("Content-Type: text/plain\r\n\r\n", out);
    for (unsigned long i = 0; i < chunks; i++) {
        char chunk[32];
        nanosleep(&pause, NULL);
        snprintf(chunk, sizeof chunk, "chunk %06lu\n", i);
        FCGX_PutS(chunk, out);
        FCGX_FFlush(out);
    }
}

static void leak(FCGX_Stream *out, unsigned long kilobytes)
{
    static void *volatile last; /* or the compiler leaves the block out, since nobody reads it */
    char answer[64];
    last = malloc(kilobytes * 1024);
    if (last)
        memset(last, 1, kilobytes * 1024);
    snprintf(answer, sizeof answer, "leaked %lu\n", last ? kilobytes : 0);
    text(out, answer);
}

static void sum(FCGX_Stream *in, FCGX_Stream *out)
{
    uint32_t crc = 0xffffffffu;
    unsigned long length = 0;
    char answer[64];
    for (int byte; (byte = FCGX_GetChar(in)) != -1; length++) {
        crc ^= (uint32_t)byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    snprintf(answer, sizeof answer, "%lu %lu\n", length, (unsigned long)(crc ^ 0xffffffffu));
    text(out, answer);
}

static void pid(FCGX_Stream *out)
{
    char answer[32];
    snprintf(answer, sizeof answer, "%ld\n", (long)getpid());
    text(out, answer);
}

int main(void)
{
    FCGX_Request request;
    if (FCGX_Init() || FCGX_InitRequest(&request, 0, 0))
        return 1;
    while (FCGX_Accept_r(&request) >= 0) {
        const char *path = FCGX_GetParam("PATH_INFO", request.envp);
        const char *query = FCGX_GetParam("QUERY_STRING", request.envp);
        path = path ? path : "";
        query = query ? query : "";
        if (!strcmp(path, "/hello"))
            text(request.out, "hello, world\n");
        else if (!strcmp(path, "/echo"))
            echo(request.out, number(query, "bytes"), (uint32_t)number(query, "seed"));
        else if (!strcmp(path, "/stream"))
            stream(request.out, number(query, "chunks"), number(query, "millis"));
        else if (!strcmp(path, "/leak"))
            leak(request.out, number(query, "kb"));
        else if (!strcmp(path, "/pid"))
            pid(request.out);
        else if (!strcmp(path, "/sum"))
            sum(request.in, request.out);
        else
            FCGX_PutS("Status: 404 Not Found\r\nContent-Length: 0\r\n\r\n", request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
